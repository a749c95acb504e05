CREATE TABLE "canned_answers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "canned_answers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"company_id" bigint NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_notes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "inbox_notes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"company_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"author_id" bigint NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_questions" (
	"company_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"assignee_id" bigint,
	"answered_at" timestamp (3) with time zone,
	"handed_back_at" timestamp (3) with time zone,
	"handed_back_by_id" bigint,
	"overdue_told_at" timestamp (3) with time zone,
	CONSTRAINT "inbox_questions_company_id_topic_id_pk" PRIMARY KEY("company_id","topic_id")
);
--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "office_hours" jsonb DEFAULT '{"from":540,"to":1080,"days":[1,2,3,4,5],"target":8,"restsOnHolidays":true}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "canned_answers" ADD CONSTRAINT "canned_answers_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_notes" ADD CONSTRAINT "inbox_notes_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_notes" ADD CONSTRAINT "inbox_notes_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_notes" ADD CONSTRAINT "inbox_notes_author_id_accounts_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_questions" ADD CONSTRAINT "inbox_questions_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_questions" ADD CONSTRAINT "inbox_questions_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_questions" ADD CONSTRAINT "inbox_questions_assignee_id_accounts_id_fk" FOREIGN KEY ("assignee_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inbox_questions" ADD CONSTRAINT "inbox_questions_handed_back_by_id_accounts_id_fk" FOREIGN KEY ("handed_back_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "canned_answers_company" ON "canned_answers" USING btree ("company_id");--> statement-breakpoint
CREATE INDEX "inbox_notes_question" ON "inbox_notes" USING btree ("company_id","topic_id","id");--> statement-breakpoint
CREATE INDEX "inbox_questions_due" ON "inbox_questions" USING btree ("company_id","due_at","topic_id") WHERE "inbox_questions"."answered_at" is null and "inbox_questions"."handed_back_at" is null;--> statement-breakpoint
CREATE INDEX "inbox_questions_late" ON "inbox_questions" USING btree ("due_at") WHERE "inbox_questions"."answered_at" is null and "inbox_questions"."handed_back_at" is null and "inbox_questions"."overdue_told_at" is null;