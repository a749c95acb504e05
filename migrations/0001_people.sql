CREATE TABLE "contests" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "contests_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" bigint NOT NULL,
	"decision_id" bigint,
	"finding_id" bigint,
	"words" text NOT NULL,
	"opened_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"level" integer,
	"reason" text DEFAULT '' NOT NULL,
	"decided_by_id" bigint,
	"decided_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "findings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"member_ids" bigint[] NOT NULL,
	"mark" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"found_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"reason" text DEFAULT '' NOT NULL,
	"decided_by_id" bigint,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "findings_mark_unique" UNIQUE("mark")
);
--> statement-breakpoint
CREATE TABLE "level_decisions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "level_decisions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" bigint NOT NULL,
	"before" integer NOT NULL,
	"level" integer NOT NULL,
	"facts" jsonb NOT NULL,
	"entry_id" bigint,
	"decided_by_id" bigint,
	"reason" text DEFAULT '' NOT NULL,
	"held_until" timestamp (3) with time zone,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reputation_entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reputation_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_id" bigint NOT NULL,
	"points" integer NOT NULL,
	"rule" text NOT NULL,
	"kind" text NOT NULL,
	"event_id" bigint,
	"post_id" bigint,
	"topic_id" bigint,
	"board_id" bigint,
	"from_id" bigint,
	"cause_id" bigint,
	"reverses_id" bigint,
	"finding_id" bigint,
	"day" date NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reputation_entries_reversed_once" UNIQUE("reverses_id"),
	CONSTRAINT "reversed_rows_name_what_they_counter" CHECK (("reputation_entries"."kind" = 'reversed') = ("reputation_entries"."reverses_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "sighting_keys" (
	"since" date PRIMARY KEY NOT NULL,
	"key" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sightings" (
	"hash" "bytea" NOT NULL,
	"kind" text NOT NULL,
	"account_id" bigint NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "sightings_hash_account_id_day_pk" PRIMARY KEY("hash","account_id","day")
);
--> statement-breakpoint
CREATE TABLE "voided_pairs" (
	"from_id" bigint NOT NULL,
	"to_id" bigint NOT NULL,
	"finding_id" bigint NOT NULL,
	CONSTRAINT "voided_pairs_from_id_to_id_finding_id_pk" PRIMARY KEY("from_id","to_id","finding_id")
);
--> statement-breakpoint
CREATE TABLE "hide_votes" (
	"post_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "hide_votes_post_id_account_id_pk" PRIMARY KEY("post_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "suggested_edits" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "suggested_edits_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"post_id" bigint NOT NULL,
	"author_id" bigint NOT NULL,
	"revision" integer NOT NULL,
	"body" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"draft_key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text,
	"decided_by_id" bigint,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "suggested_edits_once" UNIQUE("author_id","draft_key")
);
--> statement-breakpoint
CREATE TABLE "tag_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tag_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic_id" bigint NOT NULL,
	"editor_id" bigint NOT NULL,
	"before" text[] NOT NULL,
	"after" text[] NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "level" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "mentors" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "reactions" ADD COLUMN "brings" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "best_picked_by_id" bigint;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "best_picked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "contests" ADD CONSTRAINT "contests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contests" ADD CONSTRAINT "contests_decision_id_level_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."level_decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contests" ADD CONSTRAINT "contests_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contests" ADD CONSTRAINT "contests_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "level_decisions" ADD CONSTRAINT "level_decisions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "level_decisions" ADD CONSTRAINT "level_decisions_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reputation_entries" ADD CONSTRAINT "reputation_entries_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sightings" ADD CONSTRAINT "sightings_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voided_pairs" ADD CONSTRAINT "voided_pairs_from_id_accounts_id_fk" FOREIGN KEY ("from_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voided_pairs" ADD CONSTRAINT "voided_pairs_to_id_accounts_id_fk" FOREIGN KEY ("to_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voided_pairs" ADD CONSTRAINT "voided_pairs_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hide_votes" ADD CONSTRAINT "hide_votes_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hide_votes" ADD CONSTRAINT "hide_votes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggested_edits" ADD CONSTRAINT "suggested_edits_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggested_edits" ADD CONSTRAINT "suggested_edits_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggested_edits" ADD CONSTRAINT "suggested_edits_decided_by_id_accounts_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_changes" ADD CONSTRAINT "tag_changes_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_changes" ADD CONSTRAINT "tag_changes_editor_id_accounts_id_fk" FOREIGN KEY ("editor_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "contests_one_open" ON "contests" USING btree ("account_id") WHERE "contests"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "contests_account" ON "contests" USING btree ("account_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "contests_open" ON "contests" USING btree ("opened_at","id") WHERE "contests"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "findings_open" ON "findings" USING btree ("found_at","id") WHERE "findings"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "level_decisions_account" ON "level_decisions" USING btree ("account_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "reputation_entries_once" ON "reputation_entries" USING btree ("event_id","rule","kind","account_id","day",coalesce("post_id", 0),coalesce("from_id", 0),coalesce("cause_id", 0),coalesce("reverses_id", 0)) WHERE "reputation_entries"."event_id" is not null and "reputation_entries"."kind" <> 'limit';--> statement-breakpoint
CREATE INDEX "reputation_entries_account" ON "reputation_entries" USING btree ("account_id","at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "reputation_entries_day" ON "reputation_entries" USING btree ("account_id","rule","day");--> statement-breakpoint
CREATE INDEX "reputation_entries_post" ON "reputation_entries" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "reputation_entries_topic" ON "reputation_entries" USING btree ("topic_id");--> statement-breakpoint
CREATE INDEX "sightings_day" ON "sightings" USING btree ("day");--> statement-breakpoint
CREATE INDEX "voided_pairs_finding" ON "voided_pairs" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "hide_votes_account" ON "hide_votes" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "suggested_edits_post" ON "suggested_edits" USING btree ("post_id","id");--> statement-breakpoint
CREATE INDEX "suggested_edits_author" ON "suggested_edits" USING btree ("author_id","id");--> statement-breakpoint
CREATE INDEX "tag_changes_topic" ON "tag_changes" USING btree ("topic_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE FUNCTION "reputation_entries_stay"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('hiroba.repair', true) = 'on' THEN RETURN coalesce(NEW, OLD); END IF;
  RAISE EXCEPTION 'rows of the ledger are neither changed nor deleted';
END $$;--> statement-breakpoint
CREATE TRIGGER "reputation_entries_stay" BEFORE UPDATE OR DELETE ON "reputation_entries" FOR EACH ROW EXECUTE FUNCTION "reputation_entries_stay"();
