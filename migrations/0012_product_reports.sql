CREATE TABLE "product_reports" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"topic_id" bigint NOT NULL,
	"product_id" bigint NOT NULL,
	"revision" integer NOT NULL,
	"since" text DEFAULT '' NOT NULL,
	"purpose" text DEFAULT '' NOT NULL,
	"good" text DEFAULT '' NOT NULL,
	"bad" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "product_reports" ADD CONSTRAINT "product_reports_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_reports" ADD CONSTRAINT "product_reports_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_reports" ADD CONSTRAINT "product_reports_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "product_reports_product" ON "product_reports" USING btree ("product_id","post_id");--> statement-breakpoint
CREATE INDEX "product_reports_topic" ON "product_reports" USING btree ("topic_id");