CREATE TABLE "thread_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "thread_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic_id" bigint NOT NULL,
	"other_id" bigint,
	"post_id" bigint,
	"deed" text NOT NULL,
	"reason" text NOT NULL,
	"before" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"actor_id" bigint NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"undone_at" timestamp (3) with time zone,
	"undone_by_id" bigint
);
--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "hidden_by_id" bigint;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "was_best" jsonb;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "asked_as" text;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "merged_into_id" bigint;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "unlisted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "thread_changes" ADD CONSTRAINT "thread_changes_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_changes" ADD CONSTRAINT "thread_changes_other_id_topics_id_fk" FOREIGN KEY ("other_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_changes" ADD CONSTRAINT "thread_changes_actor_id_accounts_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_changes" ADD CONSTRAINT "thread_changes_undone_by_id_accounts_id_fk" FOREIGN KEY ("undone_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "thread_changes_topic" ON "thread_changes" USING btree ("topic_id","id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "thread_changes_other" ON "thread_changes" USING btree ("other_id");