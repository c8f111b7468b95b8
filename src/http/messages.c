// SPDX-License-Identifier: MulanPSL-2.0
#include "http/http.h"

const struct message platform_messages[] = {
    {"http.internal", "", ""},
    {NULL, NULL, NULL},
};
