// Pairing's schema changes, from migrations/.
#pragma once

#include <vector>

#include "libs/postgres/migrate.h"

namespace tonghu::pairing {

std::vector<postgres::Migration> Migrations();

}  // namespace tonghu::pairing
