// Pairing's schema changes, from migrations/.
#pragma once

#include "libs/postgres/migrate.h"

namespace tonghu::pairing {

postgres::MigrationSet Migrations();

}  // namespace tonghu::pairing
