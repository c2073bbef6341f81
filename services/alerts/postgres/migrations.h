// The schema of this service, from migrations/*.sql.
#pragma once

#include <vector>

#include "libs/postgres/migrate.h"

namespace tonghu::alerts {

std::vector<postgres::Migration> Migrations();

}  // namespace tonghu::alerts
