// Reporting's schema changes, from migrations/.
#pragma once

#include <vector>

#include "libs/postgres/migrate.h"

namespace tonghu::reporting {

std::vector<postgres::Migration> Migrations();

}  // namespace tonghu::reporting
