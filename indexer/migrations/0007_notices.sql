CREATE TABLE "indexer"."saved_search" (
	"id" text PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"understood" text NOT NULL,
	"created_at" bigint NOT NULL,
	"since" bigint NOT NULL,
	"complete" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."saved_search_match" (
	"search" text NOT NULL,
	"product" text NOT NULL,
	"matched_at" bigint,
	CONSTRAINT "saved_search_match_search_product_pk" PRIMARY KEY("search","product")
);
--> statement-breakpoint
CREATE TABLE "indexer"."search_comparison" (
	"id" integer PRIMARY KEY NOT NULL,
	"file" text NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."webhook" (
	"id" text PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"url" text NOT NULL,
	"kinds" text[] NOT NULL,
	"watched" text[] NOT NULL,
	"lead" integer NOT NULL,
	"created_at" bigint NOT NULL,
	"key_id" text NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" bigint,
	"paused_until" bigint DEFAULT 0 NOT NULL,
	"disabled_at" bigint,
	"disabled_reason" text
);
--> statement-breakpoint
CREATE TABLE "indexer"."webhook_delivery" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "indexer"."webhook_delivery_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"webhook" text NOT NULL,
	"type" text NOT NULL,
	"cause" text NOT NULL,
	"body" text NOT NULL,
	"created_at" bigint NOT NULL,
	"state" text NOT NULL,
	"next_try" bigint,
	"tried" integer DEFAULT 0 NOT NULL,
	"tries" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "saved_search_account" ON "indexer"."saved_search" USING btree ("account");--> statement-breakpoint
CREATE INDEX "saved_search_match_newest" ON "indexer"."saved_search_match" USING btree ("search","matched_at");--> statement-breakpoint
CREATE INDEX "saved_search_match_product" ON "indexer"."saved_search_match" USING btree ("product");--> statement-breakpoint
CREATE INDEX "webhook_account" ON "indexer"."webhook" USING btree ("account");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_delivery_cause" ON "indexer"."webhook_delivery" USING btree ("webhook","cause");--> statement-breakpoint
CREATE INDEX "webhook_delivery_cause_alone" ON "indexer"."webhook_delivery" USING btree ("cause");--> statement-breakpoint
CREATE INDEX "webhook_delivery_sequence" ON "indexer"."webhook_delivery" USING btree ("webhook","sequence");--> statement-breakpoint
CREATE INDEX "webhook_delivery_state" ON "indexer"."webhook_delivery" USING btree ("state","webhook","sequence");--> statement-breakpoint
CREATE INDEX "webhook_delivery_created" ON "indexer"."webhook_delivery" USING btree ("created_at");