CREATE TABLE "certification_steps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "certification_steps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"certification_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"actor_id" bigint,
	"note" text DEFAULT '' NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "certifications" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "certifications_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" bigint NOT NULL,
	"scheme" text NOT NULL,
	"grade" text NOT NULL,
	"edition" integer NOT NULL,
	"issued_on" date NOT NULL,
	"expires_on" date,
	"number" text,
	"number_hash" "bytea" NOT NULL,
	"picture" text,
	"wants_advisor" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"second_look_by_id" bigint,
	"reason" text DEFAULT '' NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"reminded_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "certification" jsonb;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "hidden_parts" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "toured" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "guided" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "first_answer_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "came_back_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "certification_steps" ADD CONSTRAINT "certification_steps_certification_id_certifications_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certifications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certification_steps" ADD CONSTRAINT "certification_steps_actor_id_accounts_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certifications" ADD CONSTRAINT "certifications_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "certification_steps_of" ON "certification_steps" USING btree ("certification_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "certifications_once" ON "certifications" USING btree ("account_id","scheme","grade","edition") WHERE "certifications"."state" in ('waiting', 'second_look', 'approved');--> statement-breakpoint
CREATE INDEX "certifications_account" ON "certifications" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "certifications_waiting" ON "certifications" USING btree ("created_at","id") WHERE "certifications"."state" in ('waiting', 'second_look');--> statement-breakpoint
CREATE INDEX "certifications_decided" ON "certifications" USING btree ("decided_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "certifications"."decided_at" is not null;--> statement-breakpoint
CREATE INDEX "certifications_expiry" ON "certifications" USING btree ("expires_on") WHERE "certifications"."state" = 'approved' and "certifications"."expires_on" is not null;--> statement-breakpoint
CREATE INDEX "certifications_number" ON "certifications" USING btree ("number_hash");--> statement-breakpoint
-- Who is here already is no newcomer: neither toured nor led.
ALTER TABLE "accounts" ALTER COLUMN "toured" SET DEFAULT false;--> statement-breakpoint
ALTER TABLE "accounts" ALTER COLUMN "guided" SET DEFAULT true;--> statement-breakpoint
UPDATE "accounts" SET "first_answer_at" = (SELECT min("created_at") FROM "posts" WHERE "author_id" = "accounts"."id" AND "kind" = 'answer')
WHERE EXISTS (SELECT FROM "posts" WHERE "author_id" = "accounts"."id" AND "kind" = 'answer');
