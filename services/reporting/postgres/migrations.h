// Reporting's schema changes, from migrations/.
#pragma once

#include "libs/postgres/migrate.h"

namespace tonghu::reporting {

postgres::MigrationSet Migrations();

}  // namespace tonghu::reporting
