import {
  BREAK,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isAbstractType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Spread into a field's options: its value is the same for everybody who may ask, whoever they are. A field of the
 * subscription type that has it sends whole states, so that whoever comes late misses nothing but the past.
 */
export const PUBLIC = { extensions: { cacheScope: 'PUBLIC' } } as const;

/** Whether every field that a valid document selects is {@link PUBLIC}; a field that doesn't say so is not. */
export function isPublicDocument(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let forEverybody = true;
  const fields = {
    Field() {
      if (isMarked(schema, types.getParentType(), types.getFieldDef())) return undefined;
      forEverybody = false;
      return BREAK;
    },
  };
  visit(document, visitWithTypeInfo(types, fields));
  return forEverybody;
}

/** Through an interface the fields of the types behind it are what counts. */
function isMarked(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType | null | undefined,
  field: GraphQLField<unknown, unknown> | null | undefined,
): boolean {
  if (!parent || !field) return false;
  if (field.name === '__typename') return true;
  const implemented = isAbstractType(parent)
    ? schema.getPossibleTypes(parent).map(type => type.getFields()[field.name])
    : [parent.getFields()[field.name]];
  return implemented.every(each => each?.extensions.cacheScope === PUBLIC.extensions.cacheScope);
}
