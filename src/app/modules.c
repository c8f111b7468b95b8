// SPDX-License-Identifier: MulanPSL-2.0
// The one list of modules. A module comes after those it uses.
#include "app/house.h"
#include "app/site.h"
#include "domain/account/account.h"
#include "domain/catalog/catalog.h"
#include "domain/demo/demo.h"
#include "domain/dispute/dispute.h"
#include "domain/exchange/exchange.h"
#include "domain/ledger/ledger.h"
#include "domain/media/media.h"
#include "domain/notice/notice.h"
#include "domain/open311/open311.h"
#include "domain/org/org.h"
#include "domain/place/place.h"
#include "domain/request/request.h"
#include "domain/round/round.h"

static const struct module *const list[] = {
    &flow_module,    &site_module,     &place_module,   &org_module,     &notice_module,
    &account_module, &catalog_module,  &media_module,   &request_module, &dispute_module,
    &round_module,   &exchange_module, &open311_module, &ledger_module,  &demo_module,
};
const struct module_list modules = {list, sizeof list / sizeof list[0]};
