// The journal's own schema changes, from migrations/.
#pragma once

#include <vector>

#include "libs/postgres/migrate.h"

namespace tonghu::journal {

std::vector<postgres::Migration> Migrations();

}  // namespace tonghu::journal
