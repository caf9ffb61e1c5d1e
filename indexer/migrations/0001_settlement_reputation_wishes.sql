-- the facts are derived anew: rows of before lack what the new columns say
TRUNCATE "indexer"."stream", "indexer"."permission", "indexer"."recipient_key", "indexer"."product", "indexer"."offer", "indexer"."license", "indexer"."purchase", "indexer"."block", "indexer"."journal", "indexer"."cursor";
--> statement-breakpoint
CREATE TABLE "indexer"."cohort" (
	"id" text PRIMARY KEY NOT NULL,
	"offer" text NOT NULL,
	"since" bigint NOT NULL,
	"until" bigint NOT NULL,
	"deposits" integer NOT NULL,
	"released" numeric(78, 0) NOT NULL,
	"fees" numeric(78, 0) NOT NULL,
	"judged_until" bigint,
	"final" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."deposit" (
	"id" text PRIMARY KEY NOT NULL,
	"offer" text NOT NULL,
	"license" text NOT NULL,
	"cohort" text NOT NULL,
	"licensee" text NOT NULL,
	"since" bigint NOT NULL,
	"until" bigint NOT NULL,
	"alone" boolean NOT NULL,
	"previous" text,
	"amount" numeric(78, 0) NOT NULL,
	"made_at_block" bigint NOT NULL,
	"made_at" bigint NOT NULL,
	"spent" numeric(78, 0) NOT NULL,
	"refund" numeric(78, 0) NOT NULL,
	"closed_at" bigint
);
--> statement-breakpoint
CREATE TABLE "indexer"."attestation" (
	"id" text PRIMARY KEY NOT NULL,
	"schema" text NOT NULL,
	"recipient" text NOT NULL,
	"attester" text NOT NULL,
	"expiration_time" numeric(78, 0) NOT NULL,
	"data" text NOT NULL,
	"recorded_at_block" bigint NOT NULL,
	"recorded_at" bigint NOT NULL,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE TABLE "indexer"."delivery_report" (
	"id" text PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"time" numeric(78, 0) NOT NULL,
	"count" numeric(78, 0) NOT NULL,
	"block" bigint NOT NULL,
	"timestamp" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."karma" (
	"id" text PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"role" text NOT NULL,
	"units" numeric(78, 0) NOT NULL,
	"earned" numeric(78, 0) NOT NULL,
	"taken" numeric(78, 0) NOT NULL,
	"changed_at_block" bigint NOT NULL,
	"changed_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."wish" (
	"id" text PRIMARY KEY NOT NULL,
	"number" numeric(78, 0) NOT NULL,
	"asker" text NOT NULL,
	"description_hash" text NOT NULL,
	"deadline" bigint NOT NULL,
	"total" numeric(78, 0) NOT NULL,
	"held" numeric(78, 0) NOT NULL,
	"following" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"rest_answer" text,
	"rest_payable_at" bigint,
	"rest_released" numeric(78, 0) NOT NULL,
	"made_at_block" bigint NOT NULL,
	"made_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."wish_answer" (
	"id" text PRIMARY KEY NOT NULL,
	"wish" text NOT NULL,
	"number" numeric(78, 0) NOT NULL,
	"product" text NOT NULL,
	"seller" text NOT NULL,
	"beneficiary" text NOT NULL,
	"released" numeric(78, 0) NOT NULL,
	"answered_at_block" bigint NOT NULL,
	"answered_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."wish_stake" (
	"id" text PRIMARY KEY NOT NULL,
	"wish" text NOT NULL,
	"backer" text NOT NULL,
	"stake" numeric(78, 0) NOT NULL,
	"follows" boolean NOT NULL,
	"round" integer NOT NULL,
	"released" numeric(78, 0) NOT NULL,
	"refunded" numeric(78, 0) NOT NULL,
	"answer" text,
	"changed_at_block" bigint NOT NULL,
	"changed_at" bigint NOT NULL
);
--> statement-breakpoint
DROP INDEX "indexer"."license_offer";--> statement-breakpoint
ALTER TABLE "indexer"."cursor" ADD COLUMN "karma_origin" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."cursor" ADD COLUMN "karma_half_life" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "refunded" numeric(78, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "spent" numeric(78, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "settled_until" bigint;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "ended_early" text;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "end_reason_hash" text;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "ended_early_at" bigint;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "attestation" text;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "flag_points" numeric(78, 0);--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "flag_reason_hash" text;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "flagged_at" bigint;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "flag_answer_hash" text;--> statement-breakpoint
ALTER TABLE "indexer"."license" ADD COLUMN "latest_deposit" text;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "maximum_period" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "fee_basis_points" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "settlement" text NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "oracle" text;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "events" numeric(78, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "delivery_period" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "attestation_schema" text;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "attesters" text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "refunded" numeric(78, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "withdrawn" numeric(78, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."offer" ADD COLUMN "fees" numeric(78, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "indexer"."stream" ADD COLUMN "ens_name" text;--> statement-breakpoint
CREATE INDEX "cohort_offer" ON "indexer"."cohort" USING btree ("offer","since");--> statement-breakpoint
CREATE INDEX "deposit_newest" ON "indexer"."deposit" USING btree ("made_at_block","id");--> statement-breakpoint
CREATE INDEX "deposit_offer" ON "indexer"."deposit" USING btree ("offer");--> statement-breakpoint
CREATE INDEX "deposit_license" ON "indexer"."deposit" USING btree ("license");--> statement-breakpoint
CREATE INDEX "deposit_licensee" ON "indexer"."deposit" USING btree ("licensee");--> statement-breakpoint
CREATE INDEX "deposit_cohort" ON "indexer"."deposit" USING btree ("cohort");--> statement-breakpoint
CREATE INDEX "attestation_newest" ON "indexer"."attestation" USING btree ("recorded_at_block","id");--> statement-breakpoint
CREATE INDEX "attestation_recipient" ON "indexer"."attestation" USING btree ("recipient");--> statement-breakpoint
CREATE INDEX "attestation_attester" ON "indexer"."attestation" USING btree ("attester");--> statement-breakpoint
CREATE INDEX "delivery_report_newest" ON "indexer"."delivery_report" USING btree ("block","id");--> statement-breakpoint
CREATE INDEX "delivery_report_stream" ON "indexer"."delivery_report" USING btree ("stream","time");--> statement-breakpoint
CREATE INDEX "karma_newest" ON "indexer"."karma" USING btree ("changed_at_block","id");--> statement-breakpoint
CREATE INDEX "karma_account" ON "indexer"."karma" USING btree ("account");--> statement-breakpoint
CREATE INDEX "karma_rank" ON "indexer"."karma" USING btree ("role","units","id");--> statement-breakpoint
CREATE INDEX "wish_newest" ON "indexer"."wish" USING btree ("made_at_block","id");--> statement-breakpoint
CREATE INDEX "wish_asker" ON "indexer"."wish" USING btree ("asker");--> statement-breakpoint
CREATE INDEX "wish_answer_newest" ON "indexer"."wish_answer" USING btree ("answered_at_block","id");--> statement-breakpoint
CREATE INDEX "wish_answer_wish" ON "indexer"."wish_answer" USING btree ("wish");--> statement-breakpoint
CREATE INDEX "wish_answer_seller" ON "indexer"."wish_answer" USING btree ("seller");--> statement-breakpoint
CREATE INDEX "wish_stake_newest" ON "indexer"."wish_stake" USING btree ("changed_at_block","id");--> statement-breakpoint
CREATE INDEX "wish_stake_wish" ON "indexer"."wish_stake" USING btree ("wish");--> statement-breakpoint
CREATE INDEX "wish_stake_backer" ON "indexer"."wish_stake" USING btree ("backer");--> statement-breakpoint
CREATE INDEX "stream_ens_name" ON "indexer"."stream" USING btree ("ens_name");--> statement-breakpoint
CREATE INDEX "license_offer" ON "indexer"."license" USING btree ("offer","until");