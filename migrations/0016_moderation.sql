CREATE TABLE "audit_entries" (
	"number" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" bigint,
	"deed" text NOT NULL,
	"subject" text NOT NULL,
	"subject_id" bigint,
	"board_id" bigint,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "flags" (
	"post_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"reason" text NOT NULL,
	"words" text DEFAULT '' NOT NULL,
	"weight" smallint NOT NULL,
	"flagged_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"item_id" bigint,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "flags_post_id_account_id_pk" PRIMARY KEY("post_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "review_items" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "review_items_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"subject_id" bigint NOT NULL,
	"board_id" bigint,
	"topic_id" bigint,
	"company_ids" bigint[] DEFAULT '{}' NOT NULL,
	"tier" smallint NOT NULL,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"signals" bigint DEFAULT 1 NOT NULL,
	"about_id" bigint,
	"not_by_id" bigint,
	"opened_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"taken_by_id" bigint,
	"taken_until" timestamp (3) with time zone,
	"decision" text,
	"reason" text,
	"words" text,
	"decided_by_id" bigint,
	"decided_at" timestamp (3) with time zone,
	"undone_by_id" bigint,
	"undone_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "held_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "flags" ADD CONSTRAINT "flags_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flags" ADD CONSTRAINT "flags_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flags" ADD CONSTRAINT "flags_item_id_review_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."review_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_items" ADD CONSTRAINT "review_items_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_items" ADD CONSTRAINT "review_items_about_id_accounts_id_fk" FOREIGN KEY ("about_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_items" ADD CONSTRAINT "review_items_taken_by_id_accounts_id_fk" FOREIGN KEY ("taken_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_items" ADD CONSTRAINT "review_items_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_items" ADD CONSTRAINT "review_items_undone_by_id_accounts_id_fk" FOREIGN KEY ("undone_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_actor" ON "audit_entries" USING btree ("actor_id","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_entries_subject" ON "audit_entries" USING btree ("subject","subject_id","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_entries_deed" ON "audit_entries" USING btree ("deed","number" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "flags_account" ON "flags" USING btree ("account_id","flagged_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "flags_item" ON "flags" USING btree ("item_id");--> statement-breakpoint
CREATE UNIQUE INDEX "review_items_once" ON "review_items" USING btree ("kind","subject","subject_id") WHERE "review_items"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "review_items_open" ON "review_items" USING btree ("tier","opened_at","id") WHERE "review_items"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "review_items_open_board" ON "review_items" USING btree ("board_id","tier","opened_at","id","kind") WHERE "review_items"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "review_items_open_kind" ON "review_items" USING btree ("kind","tier","opened_at","id") WHERE "review_items"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "review_items_subject" ON "review_items" USING btree ("subject","subject_id","id");--> statement-breakpoint
CREATE INDEX "review_items_about" ON "review_items" USING btree ("about_id","id");--> statement-breakpoint
CREATE INDEX "review_items_decided" ON "review_items" USING btree ("kind","decision","decided_at" DESC NULLS FIRST) WHERE "review_items"."decided_at" is not null;--> statement-breakpoint
CREATE FUNCTION audit_hash(number bigint, at timestamptz, actor_id bigint, deed text, subject text, subject_id bigint, board_id bigint, details jsonb, previous bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(previous || convert_to(jsonb_build_array(number, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), actor_id, deed, subject, subject_id, board_id, details)::text, 'UTF8'))
$$;--> statement-breakpoint
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One writer after the other, until each has committed: the chain never forks and has no gap.
  PERFORM pg_advisory_xact_lock(hashtextextended('audit_entries', 0));
  SELECT number + 1, hash INTO NEW.number, NEW.previous_hash FROM audit_entries ORDER BY number DESC LIMIT 1;
  NEW.number := coalesce(NEW.number, 1);
  NEW.previous_hash := coalesce(NEW.previous_hash, ''::bytea);
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  NEW.hash := audit_hash(NEW.number, NEW.at, NEW.actor_id, NEW.deed, NEW.subject, NEW.subject_id, NEW.board_id, NEW.details, NEW.previous_hash);
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE FUNCTION keep_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever added to';
END $$;--> statement-breakpoint
CREATE TRIGGER "audit_entries_chain" BEFORE INSERT ON "audit_entries" FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();--> statement-breakpoint
CREATE TRIGGER "audit_entries_stay" BEFORE UPDATE OR DELETE ON "audit_entries" FOR EACH ROW EXECUTE FUNCTION keep_audit_entries();--> statement-breakpoint
CREATE TRIGGER "audit_entries_are_not_emptied" BEFORE TRUNCATE ON "audit_entries" FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entries();--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ALWAYS TRIGGER "audit_entries_stay";--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ALWAYS TRIGGER "audit_entries_are_not_emptied";--> statement-breakpoint
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_entries" FROM PUBLIC, CURRENT_USER;
