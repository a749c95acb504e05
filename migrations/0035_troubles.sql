CREATE TABLE "insight_best_helpers" (
	"company_id" bigint NOT NULL,
	"product_id" bigint DEFAULT 0 NOT NULL,
	"days" integer NOT NULL,
	"account_id" bigint NOT NULL,
	"answers" integer NOT NULL,
	"best" integer NOT NULL,
	"guaranteed" integer NOT NULL,
	"helpful" integer NOT NULL,
	CONSTRAINT "insight_best_helpers_company_id_product_id_days_account_id_pk" PRIMARY KEY("company_id","product_id","days","account_id")
);
--> statement-breakpoint
ALTER TABLE "insight_helpers" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "insight_helpers" CASCADE;--> statement-breakpoint
ALTER TABLE "insight_trouble_topics" ADD COLUMN "solved" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "insight_trouble_topics" ADD COLUMN "guaranteed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "insight_trouble_topics" ADD COLUMN "minutes" integer;--> statement-breakpoint
ALTER TABLE "insight_best_helpers" ADD CONSTRAINT "insight_best_helpers_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "insight_best_helpers" ADD CONSTRAINT "insight_best_helpers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "insight_trouble_topics_day" ON "insight_trouble_topics" USING btree ("day");