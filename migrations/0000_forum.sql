CREATE TABLE "account_tokens" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"purpose" text NOT NULL,
	"email" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "accounts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"handle" text NOT NULL,
	"email" text,
	"name" text NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"password_hash" text,
	"about" text DEFAULT '' NOT NULL,
	"avatar_key" text,
	"board_ids" bigint[] DEFAULT '{}' NOT NULL,
	"moderates" boolean DEFAULT false NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"locale" text DEFAULT 'ja' NOT NULL,
	"type_size" text DEFAULT 'normal' NOT NULL,
	"theme" text DEFAULT 'auto' NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"suspended_until" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_handle_unique" UNIQUE("handle")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" bigint NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"absolute_expires_at" timestamp (3) with time zone NOT NULL,
	"proven_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"device" text DEFAULT '' NOT NULL,
	"address" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "board_moderators" (
	"board_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "board_moderators_board_id_account_id_pk" PRIMARY KEY("board_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "boards" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "boards_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"slug" text NOT NULL,
	"parent_id" bigint,
	"name_ja" text NOT NULL,
	"name_en" text NOT NULL,
	"description_ja" text DEFAULT '' NOT NULL,
	"description_en" text DEFAULT '' NOT NULL,
	"rules_ja" text DEFAULT '' NOT NULL,
	"rules_en" text DEFAULT '' NOT NULL,
	"kinds" text[] DEFAULT '{question,discussion,tip}' NOT NULL,
	"visibility" text DEFAULT 'public' NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"topic_count" integer DEFAULT 0 NOT NULL,
	"archived_at" timestamp (3) with time zone,
	CONSTRAINT "boards_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "pictures" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pictures_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"account_id" bigint,
	"alt" text DEFAULT '' NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"bytes" integer NOT NULL,
	"widths" integer[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pictures_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mails_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"once_key" text NOT NULL,
	"recipient" text NOT NULL,
	"subject" text NOT NULL,
	"text" text NOT NULL,
	"html" text NOT NULL,
	"queued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "mails_once_key_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "site_settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "throttles" (
	"key" text NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"tries" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "throttles_key_window_start_pk" PRIMARY KEY("key","window_start")
);
--> statement-breakpoint
CREATE TABLE "search_documents" (
	"id" text NOT NULL,
	"part" smallint NOT NULL,
	"group_id" text NOT NULL,
	"visibility" text NOT NULL,
	"tags" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"words" integer NOT NULL,
	"tv" "tsvector" NOT NULL,
	CONSTRAINT "search_documents_id_part_pk" PRIMARY KEY("id","part")
);
--> statement-breakpoint
CREATE TABLE "search_figures" (
	"id" smallint PRIMARY KEY NOT NULL,
	"rows" integer NOT NULL,
	"mean_words" real NOT NULL,
	"writes" bigint NOT NULL,
	"counted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_terms" (
	"term" text PRIMARY KEY NOT NULL,
	"rows" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reactions" (
	"post_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reactions_post_id_account_id_kind_pk" PRIMARY KEY("post_id","account_id","kind")
);
--> statement-breakpoint
CREATE TABLE "addenda" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "addenda_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"post_id" bigint NOT NULL,
	"body" text NOT NULL,
	"body_html" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"draft_key" text
);
--> statement-breakpoint
CREATE TABLE "drafts" (
	"account_id" bigint NOT NULL,
	"place" text NOT NULL,
	"draft_key" text NOT NULL,
	"content" jsonb NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "drafts_account_id_place_pk" PRIMARY KEY("account_id","place")
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "posts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"parent_id" bigint,
	"author_id" bigint NOT NULL,
	"body" text NOT NULL,
	"body_html" text NOT NULL,
	"body_text" text NOT NULL,
	"renderer_version" integer NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"helpful_count" integer DEFAULT 0 NOT NULL,
	"thanks_count" integer DEFAULT 0 NOT NULL,
	"me_too_count" integer DEFAULT 0 NOT NULL,
	"comment_count" integer DEFAULT 0 NOT NULL,
	"guaranteed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"hidden_at" timestamp (3) with time zone,
	"withdrawn_at" timestamp (3) with time zone,
	"draft_key" text,
	CONSTRAINT "posts_once" UNIQUE("author_id","draft_key"),
	CONSTRAINT "comments_have_a_parent" CHECK (("posts"."kind" = 'comment') = ("posts"."parent_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"post_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"editor_id" bigint NOT NULL,
	"title" text,
	"body" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "revisions_post_id_number_pk" PRIMARY KEY("post_id","number")
);
--> statement-breakpoint
CREATE TABLE "topics" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "topics_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"board_id" bigint NOT NULL,
	"root_board_id" bigint NOT NULL,
	"visibility" text DEFAULT 'public' NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"excerpt" text DEFAULT '' NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"author_id" bigint NOT NULL,
	"opening_id" bigint,
	"best_answer_id" bigint,
	"duplicate_of_id" bigint,
	"answer_count" integer DEFAULT 0 NOT NULL,
	"post_count" integer DEFAULT 1 NOT NULL,
	"view_count" integer DEFAULT 0 NOT NULL,
	"me_too_count" integer DEFAULT 0 NOT NULL,
	"is_first" boolean DEFAULT false NOT NULL,
	"solved_at" timestamp (3) with time zone,
	"guaranteed_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"closed_by_id" bigint,
	"hidden_at" timestamp (3) with time zone,
	"withdrawn_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"active_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"draft_key" text,
	"source_id" text,
	"source_url" text,
	CONSTRAINT "topics_source_id_unique" UNIQUE("source_id"),
	CONSTRAINT "topics_once" UNIQUE("author_id","draft_key")
);
--> statement-breakpoint
CREATE TABLE "visits" (
	"topic_id" bigint NOT NULL,
	"day" date NOT NULL,
	"visitor" "bytea" NOT NULL,
	CONSTRAINT "visits_day_topic_id_visitor_pk" PRIMARY KEY("day","topic_id","visitor")
);
--> statement-breakpoint
ALTER TABLE "account_tokens" ADD CONSTRAINT "account_tokens_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "board_moderators" ADD CONSTRAINT "board_moderators_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "board_moderators" ADD CONSTRAINT "board_moderators_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "boards" ADD CONSTRAINT "boards_parent_id_boards_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pictures" ADD CONSTRAINT "pictures_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reactions" ADD CONSTRAINT "reactions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "addenda" ADD CONSTRAINT "addenda_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_editor_id_accounts_id_fk" FOREIGN KEY ("editor_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topics" ADD CONSTRAINT "topics_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topics" ADD CONSTRAINT "topics_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_tokens_account" ON "account_tokens" USING btree ("account_id","purpose");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_email" ON "accounts" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "sessions_account" ON "sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("absolute_expires_at");--> statement-breakpoint
CREATE INDEX "board_moderators_account" ON "board_moderators" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "boards_parent" ON "boards" USING btree ("parent_id","position");--> statement-breakpoint
CREATE INDEX "pictures_account" ON "pictures" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "mails_newest" ON "mails" USING btree ("queued_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "search_documents_group" ON "search_documents" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "search_documents_tv" ON "search_documents" USING gin ("tv") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "reactions_account" ON "reactions" USING btree ("account_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "addenda_post" ON "addenda" USING btree ("post_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "addenda_once" ON "addenda" USING btree ("post_id","draft_key");--> statement-breakpoint
CREATE INDEX "posts_answers" ON "posts" USING btree ("topic_id","helpful_count" DESC NULLS FIRST,"id") WHERE "posts"."kind" = 'answer';--> statement-breakpoint
CREATE INDEX "posts_comments" ON "posts" USING btree ("parent_id","id") WHERE "posts"."kind" = 'comment';--> statement-breakpoint
CREATE INDEX "posts_topic" ON "posts" USING btree ("topic_id","id");--> statement-breakpoint
CREATE INDEX "posts_author" ON "posts" USING btree ("author_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "topics_new" ON "topics" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "topics_new_root" ON "topics" USING btree ("root_board_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "topics_new_board" ON "topics" USING btree ("board_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "topics_active" ON "topics" USING btree ("active_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "topics_active_root" ON "topics" USING btree ("root_board_id","active_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "topics_active_board" ON "topics" USING btree ("board_id","active_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "topics_waiting" ON "topics" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."kind" = 'question' and "topics"."answer_count" = 0 and "topics"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "topics_waiting_root" ON "topics" USING btree ("root_board_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."kind" = 'question' and "topics"."answer_count" = 0 and "topics"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "topics_waiting_board" ON "topics" USING btree ("board_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."kind" = 'question' and "topics"."answer_count" = 0 and "topics"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "topics_solved" ON "topics" USING btree ("solved_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."solved_at" is not null;--> statement-breakpoint
CREATE INDEX "topics_solved_root" ON "topics" USING btree ("root_board_id","solved_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."solved_at" is not null;--> statement-breakpoint
CREATE INDEX "topics_solved_board" ON "topics" USING btree ("board_id","solved_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."solved_at" is not null;--> statement-breakpoint
CREATE INDEX "topics_tips" ON "topics" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."kind" = 'tip';--> statement-breakpoint
CREATE INDEX "topics_author" ON "topics" USING btree ("author_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "topics_tags" ON "topics" USING gin ("tags");--> statement-breakpoint
-- Rows stay whole on their page, uncompressed: scoring a candidate then reads no TOAST (p50 8.1 ms -> 1.1 ms).
ALTER TABLE "search_documents" ALTER COLUMN "tv" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "search_documents" SET (toast_tuple_target = 8160);--> statement-breakpoint
-- The engine knows how often a term occurs; sampling it by ANALYZE would only cost.
ALTER TABLE "search_documents" ALTER COLUMN "tv" SET STATISTICS 0;
