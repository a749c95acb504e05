CREATE TABLE "search_checks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "search_checks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"engine" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expected" integer NOT NULL,
	"counted" integer NOT NULL,
	"sampled" integer NOT NULL,
	"differing" integer NOT NULL,
	"mended" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_outdated" (
	"id" text PRIMARY KEY NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"marked_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"mirrored_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "search_rebuilds" (
	"engine" text PRIMARY KEY NOT NULL,
	"reached" bigint DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "search_checks_latest" ON "search_checks" USING btree ("engine","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "search_outdated_waiting" ON "search_outdated" USING btree ("marked_at") WHERE mirrored_at is null;--> statement-breakpoint
CREATE INDEX "search_outdated_marked" ON "search_outdated" USING btree ("marked_at");