CREATE TABLE "watches" (
	"subject" text NOT NULL,
	"account_id" bigint NOT NULL,
	"level" text NOT NULL,
	"is_own" boolean DEFAULT false NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "watches_subject_account_id_pk" PRIMARY KEY("subject","account_id")
);
--> statement-breakpoint
ALTER TABLE "watches" ADD CONSTRAINT "watches_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "watches_account" ON "watches" USING btree ("account_id","since" DESC NULLS FIRST);