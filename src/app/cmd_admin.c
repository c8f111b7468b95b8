// SPDX-License-Identifier: MulanPSL-2.0
// linli admin: makes the first administrators of an installation, and gives new secrets to one who lost them. No
// default accounts, no default passwords.
#include "app/house.h"
#include "domain/account/account.h"

#include <stdio.h>
#include <string.h>

struct new_admin {
    struct new_staff staff;
    enum role role;
    struct new_staff_secrets secrets;
};

static enum err create(struct ctx *c, void *arg)
{
    struct new_admin *new = arg;
    struct person person;
    TRY(person_create_staff(c, &new->staff, &person, &new->secrets));
    return account_grant(c, person.id, new->role, 0);
}

static enum err reset(struct ctx *c, void *arg)
{
    const struct new_admin *new = arg;
    return person_reset_admin(c, &new->staff);
}

static enum err make_or_reset(struct ctx *c, struct new_admin *new, bool again)
{
    if (!again)
        return store_write(c, create, new);
    TRY(new_staff_prepare(c, &new->staff, &new->secrets));
    return store_write(c, reset, new);
}

int cmd_admin(struct ctx *c, struct command_line *line)
{
    static const char *const names[] = {"system", "security", "audit", NULL};
    const char *role = command_value(line, "role"), *login = command_value(line, "login");
    int which = role ? enum_from_name(names, str_of(role)) : -1;
    bool again = command_value(line, "reset") != NULL;
    if (!login || (again ? role != NULL : which < 0)) {
        fputs("usage: linli admin --role system|security|audit --login NAME [--data DIR] [--store URL]\n"
              "       linli admin --reset --login NAME [--data DIR] [--store URL]\n",
              stderr);
        return 2;
    }
    struct house house;
    struct new_admin new = {.staff = {.login = str_of(login), .name = str_of(login)},
                            .role = (enum role)(ROLE_SYSTEM_ADMIN + (which < 0 ? 0 : which))};
    if (house_open(c, &line->config, again ? OPEN_EXISTING : OPEN_CREATE, &house) != OK) {
        print_error(c, "linli admin");
        return 1;
    }
    enum err err = make_or_reset(c, &new, again);
    if (err != OK)
        print_error(c, "linli admin");
    else
        printf("login     %s\npassword  %.*s   (change it at the first sign-in)\ntotp      "
               "%.*s\notpauth://totp/Linli:%s?secret=%.*s&issuer=Linli\n",
               login, STR_ARG(new.secrets.password), STR_ARG(new.secrets.totp_base32), login,
               STR_ARG(new.secrets.totp_base32));
    house_close(&house);
    return err != OK;
}
