// SPDX-License-Identifier: MulanPSL-2.0
// What a claimant is told of a wish, and a team of an errand. Between the files of this module only.
#pragma once
#include "domain/request/request_internal.h"

extern const struct record claim_record, claims_summary_record, offer_record, offers_record, wish_entry_record,
    wish_summary_record;
// The claimant may open the contact: the wisher agreed, and it is not brought yet.
bool request_claimant_reads(const struct ctx *c, const struct request *r);
enum err request_write_claim(struct ctx *c, const struct request *r, struct http_response *rs);
enum err request_http_wishes(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_wishes_summary(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err request_http_claim(struct ctx *c, struct http_request *rq, struct http_response *rs);
extern const struct route claim_routes[]; // wishes, claims, offers
