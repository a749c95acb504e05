CREATE TABLE "guarantee_history" (
	"guarantee_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"deed" text NOT NULL,
	"state" text NOT NULL,
	"by" text NOT NULL,
	"actor_id" bigint,
	"reason" text DEFAULT '' NOT NULL,
	"revision" integer NOT NULL,
	"digest" text NOT NULL,
	"valid_until" date NOT NULL,
	"terms" jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "guarantee_history_guarantee_id_number_pk" PRIMARY KEY("guarantee_id","number")
);
--> statement-breakpoint
CREATE TABLE "guarantee_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"private_key" text NOT NULL,
	"public_key" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "guarantee_products" (
	"guarantee_id" bigint NOT NULL,
	"product_id" bigint NOT NULL,
	"from_version_id" bigint,
	"to_version_id" bigint,
	"position" integer NOT NULL,
	CONSTRAINT "guarantee_products_guarantee_id_product_id_pk" PRIMARY KEY("guarantee_id","product_id")
);
--> statement-breakpoint
CREATE TABLE "guarantees" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "guarantees_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"code" text NOT NULL,
	"company_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"post_id" bigint NOT NULL,
	"state" text NOT NULL,
	"state_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"number" integer DEFAULT 1 NOT NULL,
	"revision" integer NOT NULL,
	"digest" text NOT NULL,
	"body" text NOT NULL,
	"body_html" text NOT NULL,
	"terms" jsonb NOT NULL,
	"valid_from" date NOT NULL,
	"valid_until" date NOT NULL,
	"in_force_since" timestamp (3) with time zone,
	"suspended_by" text,
	"checker_id" bigint NOT NULL,
	"person_in_charge_id" bigint NOT NULL,
	"renewal_asked_at" timestamp (3) with time zone,
	"evidence_file" text,
	"evidence_name" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "guarantees_code_unique" UNIQUE("code")
);
--> statement-breakpoint
ALTER TABLE "guarantee_history" ADD CONSTRAINT "guarantee_history_guarantee_id_guarantees_id_fk" FOREIGN KEY ("guarantee_id") REFERENCES "public"."guarantees"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantee_history" ADD CONSTRAINT "guarantee_history_actor_id_accounts_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantee_products" ADD CONSTRAINT "guarantee_products_guarantee_id_guarantees_id_fk" FOREIGN KEY ("guarantee_id") REFERENCES "public"."guarantees"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantee_products" ADD CONSTRAINT "guarantee_products_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantee_products" ADD CONSTRAINT "guarantee_products_from_version_id_product_versions_id_fk" FOREIGN KEY ("from_version_id") REFERENCES "public"."product_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantee_products" ADD CONSTRAINT "guarantee_products_to_version_id_product_versions_id_fk" FOREIGN KEY ("to_version_id") REFERENCES "public"."product_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantees" ADD CONSTRAINT "guarantees_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantees" ADD CONSTRAINT "guarantees_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantees" ADD CONSTRAINT "guarantees_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantees" ADD CONSTRAINT "guarantees_checker_id_accounts_id_fk" FOREIGN KEY ("checker_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guarantees" ADD CONSTRAINT "guarantees_person_in_charge_id_accounts_id_fk" FOREIGN KEY ("person_in_charge_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "guarantee_products_product" ON "guarantee_products" USING btree ("product_id");--> statement-breakpoint
CREATE UNIQUE INDEX "guarantees_once" ON "guarantees" USING btree ("post_id","company_id") WHERE "guarantees"."state" not in ('revoked', 'recalled', 'declined');--> statement-breakpoint
CREATE INDEX "guarantees_topic" ON "guarantees" USING btree ("topic_id");--> statement-breakpoint
CREATE INDEX "guarantees_company" ON "guarantees" USING btree ("company_id","state","valid_until");--> statement-breakpoint
CREATE INDEX "guarantees_end" ON "guarantees" USING btree ("valid_until") WHERE "guarantees"."state" = 'given';--> statement-breakpoint
CREATE INDEX "guarantees_person" ON "guarantees" USING btree ("person_in_charge_id");
--> statement-breakpoint
-- What happened to a guarantee is added to and never changed, not even by hand.
CREATE FUNCTION keep_guarantee_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of a guarantee is only added to';
END $$;--> statement-breakpoint
CREATE TRIGGER "guarantee_history_stays" BEFORE UPDATE OR DELETE ON "guarantee_history" FOR EACH ROW EXECUTE FUNCTION keep_guarantee_history();--> statement-breakpoint
CREATE TRIGGER "guarantee_history_is_not_emptied" BEFORE TRUNCATE ON "guarantee_history" FOR EACH STATEMENT EXECUTE FUNCTION keep_guarantee_history();
