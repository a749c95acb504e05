CREATE TABLE "nudges" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "nudges_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"board_id" bigint NOT NULL,
	"draft_key" text NOT NULL,
	"score" integer NOT NULL,
	"words" "bytea" NOT NULL,
	"asked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "nudges_once" UNIQUE("account_id","draft_key")
);
--> statement-breakpoint
ALTER TABLE "nudges" ADD CONSTRAINT "nudges_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "nudges_asked" ON "nudges" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "nudges_open" ON "nudges" USING btree ("asked_at") WHERE "nudges"."outcome" is null;