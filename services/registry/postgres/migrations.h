// The registry's own schema changes, from migrations/.
#pragma once

#include "libs/postgres/migrate.h"

namespace tonghu::registry {

postgres::MigrationSet Migrations();

}  // namespace tonghu::registry
