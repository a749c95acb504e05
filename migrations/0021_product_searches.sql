CREATE TABLE "product_searches" (
	"product_id" bigint NOT NULL,
	"words" text NOT NULL,
	"reader" text NOT NULL,
	"people" integer NOT NULL,
	CONSTRAINT "product_searches_product_id_words_reader_pk" PRIMARY KEY("product_id","words","reader")
);
--> statement-breakpoint
ALTER TABLE "product_searches" ADD CONSTRAINT "product_searches_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;