CREATE TABLE "word_rules" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "word_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"word" text NOT NULL,
	"exceptions" text[] DEFAULT '{}' NOT NULL,
	"exact" boolean DEFAULT false NOT NULL,
	"aimed" boolean DEFAULT false NOT NULL,
	"language" text DEFAULT 'any' NOT NULL,
	"board_id" bigint,
	"kind" text NOT NULL,
	"weight" integer NOT NULL,
	"action" text NOT NULL,
	"changed_by_id" bigint,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "word_rules_once" UNIQUE NULLS NOT DISTINCT("word","board_id")
);
--> statement-breakpoint
CREATE TABLE "word_versions" (
	"id" integer PRIMARY KEY NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "word_rules" ADD CONSTRAINT "word_rules_board_id_boards_id_fk" FOREIGN KEY ("board_id") REFERENCES "public"."boards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "word_rules" ADD CONSTRAINT "word_rules_changed_by_id_accounts_id_fk" FOREIGN KEY ("changed_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;