CREATE TABLE "badge_grants" (
	"account_id" bigint NOT NULL,
	"badge" text NOT NULL,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "badge_grants_account_id_badge_pk" PRIMARY KEY("account_id","badge")
);
--> statement-breakpoint
CREATE TABLE "helper_months" (
	"account_id" bigint NOT NULL,
	"month" date NOT NULL,
	"place" text NOT NULL,
	"answers" integer NOT NULL,
	"solved" integer NOT NULL,
	"thanks" integer NOT NULL,
	"helpful" integer NOT NULL,
	"points" integer NOT NULL,
	CONSTRAINT "helper_months_account_id_month_place_pk" PRIMARY KEY("account_id","month","place")
);
--> statement-breakpoint
CREATE TABLE "mentor_tellings" (
	"topic_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mentor_tellings_topic_id_account_id_pk" PRIMARY KEY("topic_id","account_id")
);
--> statement-breakpoint
ALTER TABLE "badge_grants" ADD CONSTRAINT "badge_grants_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "helper_months" ADD CONSTRAINT "helper_months_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentor_tellings" ADD CONSTRAINT "mentor_tellings_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mentor_tellings" ADD CONSTRAINT "mentor_tellings_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "badge_grants_badge" ON "badge_grants" USING btree ("badge","granted_at" DESC NULLS FIRST,"account_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "helper_months_ranking" ON "helper_months" USING btree ("place","month","points" DESC NULLS FIRST,"account_id") WHERE "helper_months"."points" > 0;--> statement-breakpoint
CREATE INDEX "mentor_tellings_account" ON "mentor_tellings" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "accounts_created" ON "accounts" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "topics_first" ON "topics" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."is_first";--> statement-breakpoint
CREATE INDEX "topics_first_waiting" ON "topics" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE "topics"."hidden_at" is null and "topics"."withdrawn_at" is null and "topics"."kind" = 'question' and "topics"."answer_count" = 0 and "topics"."closed_at" is null and "topics"."is_first";