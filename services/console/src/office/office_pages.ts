// The pages that come when they are opened.
export { AccountPage } from "./accounts/account_page.tsx";
export { AccountsPage } from "./accounts/accounts_page.tsx";
export { AuditPage } from "./audit/audit_page.tsx";
export { DutiesPage } from "./duties/duties_page.tsx";
export { FiguresPage } from "./figures/figures_page.tsx";
export { MePage } from "./me/me_page.tsx";
export { OperatorPage } from "./operator/operator_page.tsx";
export { PairingsPage } from "./pairings/pairings_page.tsx";
export { PeoplePage } from "./people/people_page.tsx";
export { PoliciesPage } from "./policies/policies_page.tsx";
export { RosterPage } from "./roster/roster_page.tsx";
export { SchoolPage } from "./schools/school_page.tsx";
export { SchoolsPage } from "./schools/schools_page.tsx";
export { WhisperPage } from "./whispers/whisper_page.tsx";
export { WhispersPage } from "./whispers/whispers_page.tsx";
