CREATE TABLE "account_apps" (
	"account_id" bigint PRIMARY KEY NOT NULL,
	"secret" "bytea" NOT NULL,
	"last_step" integer DEFAULT 0 NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account_passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"public_key" "bytea" NOT NULL,
	"counter" integer NOT NULL,
	"transports" text[] DEFAULT '{}' NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "account_recovery_codes" (
	"account_id" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "account_recovery_codes_account_id_hash_pk" PRIMARY KEY("account_id","hash")
);
--> statement-breakpoint
CREATE TABLE "account_steps" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"challenge" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "two_step_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "account_apps" ADD CONSTRAINT "account_apps_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_passkeys" ADD CONSTRAINT "account_passkeys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_recovery_codes" ADD CONSTRAINT "account_recovery_codes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_steps" ADD CONSTRAINT "account_steps_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_passkeys_account" ON "account_passkeys" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "account_steps_account" ON "account_steps" USING btree ("account_id");
--> statement-breakpoint
-- Emptying other tables may reach a history that is empty already; one with rows stays.
CREATE FUNCTION keep_guarantee_history_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM guarantee_history) THEN
    RAISE EXCEPTION 'the history of a guarantee is only added to';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
DROP TRIGGER "guarantee_history_is_not_emptied" ON "guarantee_history";--> statement-breakpoint
CREATE TRIGGER "guarantee_history_is_not_emptied" BEFORE TRUNCATE ON "guarantee_history" FOR EACH STATEMENT EXECUTE FUNCTION keep_guarantee_history_whole();
