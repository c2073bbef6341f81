// The journal's own schema changes, from migrations/.
#pragma once

#include "libs/postgres/migrate.h"

namespace tonghu::journal {

postgres::MigrationSet Migrations();

}  // namespace tonghu::journal
