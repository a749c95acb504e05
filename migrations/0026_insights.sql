CREATE TABLE "insight_calendar" (
	"day" date PRIMARY KEY NOT NULL,
	"outdated_at" timestamp (3) with time zone DEFAULT now(),
	"counted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "insight_days" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"day" date NOT NULL,
	"questions" integer NOT NULL,
	"answered" integer NOT NULL,
	"solved" integer NOT NULL,
	"guaranteed" integer NOT NULL,
	"fixed" integer NOT NULL,
	"failed" integer NOT NULL,
	"ended" integer NOT NULL,
	CONSTRAINT "insight_days_company_id_product_id_day_pk" PRIMARY KEY("company_id","product_id","day")
);
--> statement-breakpoint
CREATE TABLE "insight_helpers" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"day" date NOT NULL,
	"account_id" bigint NOT NULL,
	"answers" integer NOT NULL,
	"best" integer NOT NULL,
	"guaranteed" integer NOT NULL,
	"helpful" integer NOT NULL,
	CONSTRAINT "insight_helpers_company_id_product_id_day_account_id_pk" PRIMARY KEY("company_id","product_id","day","account_id")
);
--> statement-breakpoint
CREATE TABLE "insight_readers" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"day" date NOT NULL,
	"readers" integer NOT NULL,
	"helped" integer NOT NULL,
	"stayed" integer NOT NULL,
	"sources" jsonb NOT NULL,
	CONSTRAINT "insight_readers_company_id_product_id_day_pk" PRIMARY KEY("company_id","product_id","day")
);
--> statement-breakpoint
CREATE TABLE "insight_rivals" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"day" date NOT NULL,
	"rival_id" bigint NOT NULL,
	"topics" integer NOT NULL,
	CONSTRAINT "insight_rivals_company_id_product_id_day_rival_id_pk" PRIMARY KEY("company_id","product_id","day","rival_id")
);
--> statement-breakpoint
CREATE TABLE "insight_settings" (
	"company_id" bigint PRIMARY KEY NOT NULL,
	"would_ask" integer DEFAULT 20 NOT NULL,
	"is_helped" integer,
	"elsewhere" integer DEFAULT 10 NOT NULL,
	"cost" integer,
	"grouped_at" timestamp (3) with time zone,
	"told_week" date
);
--> statement-breakpoint
CREATE TABLE "insight_silences" (
	"company_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "insight_silences_company_id_account_id_pk" PRIMARY KEY("company_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "insight_trouble_topics" (
	"trouble_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"company_id" bigint NOT NULL,
	"product_id" bigint NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "insight_trouble_topics_trouble_id_topic_id_pk" PRIMARY KEY("trouble_id","topic_id")
);
--> statement-breakpoint
CREATE TABLE "insight_troubles" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "insight_troubles_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"company_id" bigint NOT NULL,
	"product_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"words" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "insight_waits" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"day" date NOT NULL,
	"minutes" integer NOT NULL,
	"questions" integer NOT NULL,
	CONSTRAINT "insight_waits_company_id_product_id_day_minutes_pk" PRIMARY KEY("company_id","product_id","day","minutes")
);
--> statement-breakpoint
CREATE TABLE "insight_words" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"word" text NOT NULL,
	"askers" integer NOT NULL,
	"before" real NOT NULL,
	CONSTRAINT "insight_words_company_id_product_id_word_pk" PRIMARY KEY("company_id","product_id","word")
);
--> statement-breakpoint
CREATE TABLE "visit_asks" (
	"day" date NOT NULL,
	"visitor" "bytea" NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "visit_asks_day_visitor_at_pk" PRIMARY KEY("day","visitor","at")
);
--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "source" text DEFAULT 'direct' NOT NULL;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "company_id" bigint;--> statement-breakpoint
ALTER TABLE "visits" ADD COLUMN "solved" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "insight_days" ADD CONSTRAINT "insight_days_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_helpers" ADD CONSTRAINT "insight_helpers_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_helpers" ADD CONSTRAINT "insight_helpers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_readers" ADD CONSTRAINT "insight_readers_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_rivals" ADD CONSTRAINT "insight_rivals_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_rivals" ADD CONSTRAINT "insight_rivals_rival_id_products_id_fk" FOREIGN KEY ("rival_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_settings" ADD CONSTRAINT "insight_settings_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_silences" ADD CONSTRAINT "insight_silences_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_silences" ADD CONSTRAINT "insight_silences_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_trouble_topics" ADD CONSTRAINT "insight_trouble_topics_trouble_id_insight_troubles_id_fk" FOREIGN KEY ("trouble_id") REFERENCES "public"."insight_troubles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_trouble_topics" ADD CONSTRAINT "insight_trouble_topics_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_troubles" ADD CONSTRAINT "insight_troubles_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_troubles" ADD CONSTRAINT "insight_troubles_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_troubles" ADD CONSTRAINT "insight_troubles_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_waits" ADD CONSTRAINT "insight_waits_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_words" ADD CONSTRAINT "insight_words_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "insight_calendar_outdated" ON "insight_calendar" USING btree ("day" DESC NULLS FIRST) WHERE "insight_calendar"."outdated_at" is not null;--> statement-breakpoint
CREATE INDEX "insight_days_day" ON "insight_days" USING btree ("day");--> statement-breakpoint
CREATE INDEX "insight_helpers_day" ON "insight_helpers" USING btree ("day");--> statement-breakpoint
CREATE INDEX "insight_readers_day" ON "insight_readers" USING btree ("day");--> statement-breakpoint
CREATE INDEX "insight_rivals_day" ON "insight_rivals" USING btree ("day");--> statement-breakpoint
CREATE INDEX "insight_trouble_topics_company" ON "insight_trouble_topics" USING btree ("company_id","day","trouble_id");--> statement-breakpoint
CREATE INDEX "insight_trouble_topics_product" ON "insight_trouble_topics" USING btree ("product_id","day","trouble_id");--> statement-breakpoint
CREATE INDEX "insight_troubles_company" ON "insight_troubles" USING btree ("company_id");--> statement-breakpoint
CREATE INDEX "insight_waits_day" ON "insight_waits" USING btree ("day");--> statement-breakpoint
CREATE INDEX "fixes_at" ON "fixes" USING btree ("at");