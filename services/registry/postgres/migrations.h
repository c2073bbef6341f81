// The registry's own schema changes, from migrations/.
#pragma once

#include <vector>

#include "libs/postgres/migrate.h"

namespace tonghu::registry {

std::vector<postgres::Migration> Migrations();

}  // namespace tonghu::registry
