CREATE TABLE "takedown_keys" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"takedown_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "takedown_proofs" (
	"takedown_id" bigint NOT NULL,
	"place" text NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "takedown_proofs_takedown_id_place_pk" PRIMARY KEY("takedown_id","place")
);
--> statement-breakpoint
CREATE TABLE "takedowns" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "takedowns_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"post_id" bigint NOT NULL,
	"right" text NOT NULL,
	"relation" text NOT NULL,
	"name" text,
	"email" text,
	"locale" text NOT NULL,
	"words" text,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"asked_at" timestamp (3) with time zone,
	"view_until" timestamp (3) with time zone,
	"view" text,
	"view_words" text,
	"viewed_at" timestamp (3) with time zone,
	"outcome" text,
	"answer" text DEFAULT '' NOT NULL,
	"decided_by_id" bigint,
	"decided_at" timestamp (3) with time zone,
	"forgotten_at" timestamp (3) with time zone,
	"draft_key" text NOT NULL,
	CONSTRAINT "takedowns_once" UNIQUE("draft_key")
);
--> statement-breakpoint
ALTER TABLE "takedown_keys" ADD CONSTRAINT "takedown_keys_takedown_id_takedowns_id_fk" FOREIGN KEY ("takedown_id") REFERENCES "public"."takedowns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "takedown_proofs" ADD CONSTRAINT "takedown_proofs_takedown_id_takedowns_id_fk" FOREIGN KEY ("takedown_id") REFERENCES "public"."takedowns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "takedowns" ADD CONSTRAINT "takedowns_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "takedowns" ADD CONSTRAINT "takedowns_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "takedowns_open" ON "takedowns" USING btree ("due_at") WHERE "takedowns"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "takedowns_post" ON "takedowns" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "takedowns_received" ON "takedowns" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "takedowns_to_forget" ON "takedowns" USING btree ("decided_at") WHERE "takedowns"."forgotten_at" is null;