CREATE TABLE "notice_settings" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"ways" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"rhythm" text DEFAULT 'at_once' NOT NULL,
	"hour" smallint DEFAULT 8 NOT NULL,
	"weekday" smallint DEFAULT 1 NOT NULL,
	"zone" text DEFAULT 'Asia/Tokyo' NOT NULL,
	"quiet_from" smallint,
	"quiet_to" smallint,
	"next_digest_at" timestamp (3) with time zone,
	"mail_stopped_at" timestamp (3) with time zone,
	"mail_stopped_by" text
);
--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "mail_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "mail_id" bigint;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "headers" jsonb;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "try_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "failed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notice_settings" ADD CONSTRAINT "notice_settings_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notice_settings_digest" ON "notice_settings" USING btree ("next_digest_at") WHERE "notice_settings"."next_digest_at" is not null;--> statement-breakpoint
CREATE INDEX "notices_mail" ON "notices" USING btree ("mail_at","account_id") WHERE "notices"."mail_at" is not null;--> statement-breakpoint
CREATE INDEX "mails_due" ON "mails" USING btree ("try_at") WHERE "mails"."try_at" is not null;