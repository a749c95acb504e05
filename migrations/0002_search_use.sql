CREATE TABLE "deflections" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deflections_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic_id" bigint NOT NULL,
	"post_id" bigint NOT NULL,
	"once_key" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deflections_once_key_unique" UNIQUE("once_key")
);
--> statement-breakpoint
CREATE TABLE "earlier_searches" (
	"words" text NOT NULL,
	"start" text NOT NULL,
	"reader" text NOT NULL,
	"people" integer NOT NULL,
	CONSTRAINT "earlier_searches_words_reader_pk" PRIMARY KEY("words","reader")
);
--> statement-breakpoint
CREATE TABLE "search_boosts" (
	"topic_id" bigint PRIMARY KEY NOT NULL,
	"boost" real NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_clicks" (
	"key" "bytea" NOT NULL,
	"topic_id" bigint NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "search_clicks_key_topic_id_pk" PRIMARY KEY("key","topic_id")
);
--> statement-breakpoint
CREATE TABLE "search_verdicts" (
	"key" "bytea" NOT NULL,
	"topic_id" bigint NOT NULL,
	"found" boolean NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "search_verdicts_key_topic_id_pk" PRIMARY KEY("key","topic_id")
);
--> statement-breakpoint
CREATE TABLE "searches" (
	"key" "bytea" PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"words" text NOT NULL,
	"reader" text NOT NULL,
	"results" integer NOT NULL,
	"shown" bigint[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "synonym_groups" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "synonym_groups_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"words" text[] NOT NULL,
	"from_words" text[] DEFAULT '{}' NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deflections" ADD CONSTRAINT "deflections_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deflections" ADD CONSTRAINT "deflections_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deflections_topic" ON "deflections" USING btree ("topic_id","at");--> statement-breakpoint
CREATE INDEX "deflections_at" ON "deflections" USING btree ("at");--> statement-breakpoint
CREATE INDEX "earlier_searches_start" ON "earlier_searches" USING btree ("start" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "search_clicks_day" ON "search_clicks" USING btree ("day");--> statement-breakpoint
CREATE INDEX "search_verdicts_day" ON "search_verdicts" USING btree ("day");--> statement-breakpoint
CREATE INDEX "searches_day" ON "searches" USING btree ("day","words");