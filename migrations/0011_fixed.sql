CREATE TABLE "fixes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "fixes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"post_id" bigint NOT NULL,
	"account_id" bigint,
	"device" "bytea",
	"visitor" "bytea",
	"fixed" boolean NOT NULL,
	"product_id" bigint,
	"version_id" bigint,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "a_member_or_a_device" CHECK (("fixes"."account_id" is null) <> ("fixes"."device" is null))
);
--> statement-breakpoint
DROP INDEX "posts_answers";--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "fixes" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "fix_score" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "fixes" ADD CONSTRAINT "fixes_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fixes" ADD CONSTRAINT "fixes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fixes" ADD CONSTRAINT "fixes_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fixes" ADD CONSTRAINT "fixes_version_id_product_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."product_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "fixes_member" ON "fixes" USING btree ("account_id","post_id") WHERE "fixes"."account_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "fixes_device" ON "fixes" USING btree ("post_id","device") WHERE "fixes"."device" is not null;--> statement-breakpoint
CREATE INDEX "fixes_product" ON "fixes" USING btree ("product_id","version_id") WHERE "fixes"."product_id" is not null;--> statement-breakpoint
CREATE INDEX "fixes_newest" ON "fixes" USING btree ("post_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "posts_answers" ON "posts" USING btree ("topic_id","fix_score" DESC NULLS FIRST,"helpful_count" DESC NULLS FIRST,"id") WHERE "posts"."kind" = 'answer';