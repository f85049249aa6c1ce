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
 * Options of a field with the same value for all viewers. A subscription field with this scope sends whole
 * states, so a late subscriber misses only past states.
 */
export const PUBLIC = { extensions: { cacheScope: 'PUBLIC' } } as const;

/** Whether a valid document selects only fields with the scope {@link PUBLIC}. */
export function isPublicDocument(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let isPublic = true;
  const fields = {
    Field() {
      if (hasPublicScope(schema, types.getParentType(), types.getFieldDef())) return undefined;
      isPublic = false;
      return BREAK;
    },
  };
  visit(document, visitWithTypeInfo(types, fields));
  return isPublic;
}

/**
 * Whether a field is public. A field of an abstract type is public when it is public in every possible type.
 */
function hasPublicScope(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType | null | undefined,
  field: GraphQLField<unknown, unknown> | null | undefined,
): boolean {
  if (!parent || !field) return false;
  if (field.name === '__typename') return true;
  const fields = isAbstractType(parent)
    ? schema.getPossibleTypes(parent).map(type => type.getFields()[field.name])
    : [parent.getFields()[field.name]];
  return fields.every(candidate => candidate?.extensions.cacheScope === PUBLIC.extensions.cacheScope);
}
