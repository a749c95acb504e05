CREATE TABLE "companies" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "companies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"slug" text NOT NULL,
	"name_ja" text NOT NULL,
	"name_en" text NOT NULL,
	"about_ja" text DEFAULT '' NOT NULL,
	"about_en" text DEFAULT '' NOT NULL,
	"domain" text NOT NULL,
	"corporate_number" text NOT NULL,
	"applicant_id" bigint NOT NULL,
	"record_key" text NOT NULL,
	"domain_proven_at" timestamp (3) with time zone,
	"domain_proven_by" text,
	"admitted_at" timestamp (3) with time zone,
	"admitted_by_id" bigint,
	"declined_at" timestamp (3) with time zone,
	"declined_by_id" bigint,
	"decline_reason" text DEFAULT '' NOT NULL,
	"demands_second_pair" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "company_invitations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "company_invitations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"company_id" bigint NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"invited_by_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"accepted_by_id" bigint,
	"withdrawn_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "company_members" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "company_members_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"company_id" bigint NOT NULL,
	"account_id" bigint NOT NULL,
	"role" text NOT NULL,
	"invited_by_id" bigint,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"left_at" timestamp (3) with time zone,
	"removed_by_id" bigint
);
--> statement-breakpoint
CREATE TABLE "company_tokens" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"company_id" bigint NOT NULL,
	"invitation_id" bigint,
	"email" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "product_versions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "product_versions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"product_id" bigint NOT NULL,
	"label" text NOT NULL,
	"position" integer NOT NULL,
	"released_on" date,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "product_versions_label" UNIQUE("product_id","label"),
	CONSTRAINT "product_versions_position" UNIQUE("product_id","position")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "products_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"company_id" bigint NOT NULL,
	"slug" text NOT NULL,
	"name_ja" text NOT NULL,
	"name_en" text NOT NULL,
	"aliases" text[] DEFAULT '{}' NOT NULL,
	"keys" text[] DEFAULT '{}' NOT NULL,
	"category" text NOT NULL,
	"about_ja" text DEFAULT '' NOT NULL,
	"about_en" text DEFAULT '' NOT NULL,
	"version_word_ja" text DEFAULT '' NOT NULL,
	"version_word_en" text DEFAULT '' NOT NULL,
	"specs_ja" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"specs_en" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"life" text DEFAULT 'on_sale' NOT NULL,
	"picture_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "products_slug" UNIQUE("company_id","slug")
);
--> statement-breakpoint
CREATE TABLE "topic_products" (
	"topic_id" bigint NOT NULL,
	"product_id" bigint NOT NULL,
	"version_id" bigint,
	"position" integer NOT NULL,
	"named_by_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "topic_products_topic_id_product_id_pk" PRIMARY KEY("topic_id","product_id")
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "represents" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "company_id" bigint;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "capacity" jsonb;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "product_ids" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "company_ids" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "topics" ADD COLUMN "capacity" jsonb;--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_applicant_id_accounts_id_fk" FOREIGN KEY ("applicant_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_admitted_by_id_accounts_id_fk" FOREIGN KEY ("admitted_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_declined_by_id_accounts_id_fk" FOREIGN KEY ("declined_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_invitations" ADD CONSTRAINT "company_invitations_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_invitations" ADD CONSTRAINT "company_invitations_invited_by_id_accounts_id_fk" FOREIGN KEY ("invited_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_invitations" ADD CONSTRAINT "company_invitations_accepted_by_id_accounts_id_fk" FOREIGN KEY ("accepted_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_members" ADD CONSTRAINT "company_members_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_members" ADD CONSTRAINT "company_members_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_members" ADD CONSTRAINT "company_members_invited_by_id_accounts_id_fk" FOREIGN KEY ("invited_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_members" ADD CONSTRAINT "company_members_removed_by_id_accounts_id_fk" FOREIGN KEY ("removed_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_tokens" ADD CONSTRAINT "company_tokens_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_tokens" ADD CONSTRAINT "company_tokens_invitation_id_company_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "public"."company_invitations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_versions" ADD CONSTRAINT "product_versions_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_picture_id_pictures_id_fk" FOREIGN KEY ("picture_id") REFERENCES "public"."pictures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_products" ADD CONSTRAINT "topic_products_topic_id_topics_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."topics"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_products" ADD CONSTRAINT "topic_products_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_products" ADD CONSTRAINT "topic_products_version_id_product_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."product_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topic_products" ADD CONSTRAINT "topic_products_named_by_id_accounts_id_fk" FOREIGN KEY ("named_by_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "companies_slug" ON "companies" USING btree ("slug") WHERE "companies"."declined_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "companies_number" ON "companies" USING btree ("corporate_number") WHERE "companies"."declined_at" is null;--> statement-breakpoint
CREATE INDEX "companies_applicant" ON "companies" USING btree ("applicant_id");--> statement-breakpoint
CREATE INDEX "company_invitations_company" ON "company_invitations" USING btree ("company_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "company_members_once" ON "company_members" USING btree ("company_id","account_id") WHERE "company_members"."left_at" is null;--> statement-breakpoint
CREATE INDEX "company_members_account" ON "company_members" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "topic_products_product" ON "topic_products" USING btree ("product_id","topic_id" DESC NULLS FIRST);
--> statement-breakpoint
-- Who works for a company stands in company_members from now on.
UPDATE "accounts" SET "role" = 'member' WHERE "role" IN ('company_agent', 'company_admin');--> statement-breakpoint
-- In whose name something was written is set once and stays, whatever happens to its writer.
CREATE FUNCTION keep_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.capacity IS NOT NULL AND (NEW.capacity, NEW.company_id) IS DISTINCT FROM (OLD.capacity, OLD.company_id) THEN
    RAISE EXCEPTION 'the label of post % stays as it is', OLD.id;
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "posts_capacity" BEFORE UPDATE OF "capacity", "company_id" ON "posts" FOR EACH ROW EXECUTE FUNCTION keep_capacity();
