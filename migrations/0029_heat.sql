CREATE TABLE "board_paces" (
	"board_id" bigint PRIMARY KEY NOT NULL,
	"usual" real NOT NULL
);
--> statement-breakpoint
CREATE TABLE "heat_warnings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "heat_warnings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"topic_id" bigint NOT NULL,
	"board_id" bigint NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"heat" integer NOT NULL,
	"parts" jsonb NOT NULL,
	"post_count" integer NOT NULL,
	"slowed_at" timestamp (3) with time zone,
	"cooled_at" timestamp (3) with time zone,
	"false_alarm_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "topic_heats" (
	"topic_id" bigint PRIMARY KEY NOT NULL,
	"board_id" bigint NOT NULL,
	"sums" jsonb NOT NULL,
	"seen" bigint[] DEFAULT '{}' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"heat" real DEFAULT 0 NOT NULL,
	"level" text DEFAULT 'calm' NOT NULL,
	"measured_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "heated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "rest_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "rest_by_id" bigint;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "rest_reason" text;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "rest_words" text;--> statement-breakpoint
ALTER TABLE "board_paces" ADD CONSTRAINT "board_paces_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "heat_warnings" ADD CONSTRAINT "heat_warnings_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "heat_warnings" ADD CONSTRAINT "heat_warnings_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_heats" ADD CONSTRAINT "topic_heats_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_heats" ADD CONSTRAINT "topic_heats_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "heat_warnings_at" ON "heat_warnings" USING btree ("at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "heat_warnings_topic" ON "heat_warnings" USING btree ("topic_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "topic_heats_risen" ON "topic_heats" USING btree ("level","topic_id") WHERE "topic_heats"."level" <> 'calm';--> statement-breakpoint
CREATE INDEX "topic_heats_measured" ON "topic_heats" USING btree ("measured_at");--> statement-breakpoint
CREATE INDEX "topics_rest" ON "topics" USING btree ("rest_until") WHERE "topics"."rest_until" is not null;