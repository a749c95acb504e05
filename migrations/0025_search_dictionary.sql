CREATE TABLE "search_dictionary" (
	"other" text NOT NULL,
	"words" text[] NOT NULL,
	"terms" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "search_figures" ADD COLUMN "dictionary" text;--> statement-breakpoint
ALTER TABLE "search_figures" ADD COLUMN "meant_of" text;