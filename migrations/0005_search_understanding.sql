CREATE TABLE "search_openers" (
	"group_id" text NOT NULL,
	"key" text collate "C" NOT NULL,
	CONSTRAINT "search_openers_group_id_key_pk" PRIMARY KEY("group_id","key")
);
--> statement-breakpoint
CREATE TABLE "search_readings" (
	"term" text NOT NULL,
	"reading" text collate "C" NOT NULL,
	CONSTRAINT "search_readings_term_reading_pk" PRIMARY KEY("term","reading")
);
--> statement-breakpoint
CREATE TABLE "search_synonyms" (
	"id" smallint PRIMARY KEY NOT NULL,
	"groups" jsonb NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_texts" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "search_documents" ADD COLUMN "helpful" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "search_documents" ADD COLUMN "boost" real DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "search_openers_key" ON "search_openers" USING btree ("key");--> statement-breakpoint
CREATE INDEX "search_readings_reading" ON "search_readings" USING btree ("reading");--> statement-breakpoint
CREATE INDEX "search_terms_start" ON "search_terms" USING btree (("term" collate "C"));--> statement-breakpoint
CREATE INDEX "search_terms_end" ON "search_terms" USING btree ((reverse("term") collate "C"));