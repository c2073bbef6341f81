// Resource names: counties/{county}/{collection}/{id}.

/** The county's code of a resource name; empty when it has none. */
export function countyOf(name: string): string {
  return /^counties\/(\d{6})/.exec(name)?.[1] ?? "";
}

/** The last part of a resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** counties/{county}. */
export function parentOf(county: string): string {
  return `counties/${county}`;
}

/** counties/{county}/{collection}/{id}. */
export function resource(county: string, collection: string, id: string): string {
  return `counties/${county}/${collection}/${id}`;
}
