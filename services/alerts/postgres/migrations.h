// The schema of this service, from migrations/*.sql.
#pragma once

#include "libs/postgres/migrate.h"

namespace tonghu::alerts {

postgres::MigrationSet Migrations();

}  // namespace tonghu::alerts
