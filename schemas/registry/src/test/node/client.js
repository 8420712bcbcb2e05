// Uses the registry as an application does. Arguments: the registry's URL, and a record that Java framed, in hexadecimal.
// Prints one line of JSON for the test.
'use strict'
const { SchemaRegistry, SchemaType, COMPATIBILITY } = require('@kafkajs/confluent-schema-registry')

const ORDER = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [{ name: 'id', type: 'long' }, { name: 'item', type: 'string' }],
}

async function refusal(promise) {
  try {
    await promise
    return null
  } catch (error) {
    return { status: error.status ?? null, message: error.message }
  }
}

async function main([host, framedByJava]) {
  const registry = new SchemaRegistry({ host })
  const register = (fields, subject) =>
    registry.register({ type: SchemaType.AVRO, schema: JSON.stringify({ ...ORDER, fields }) }, subject)

  const { id } = await register(ORDER.fields, { subject: 'orders-value' })
  const again = await register(ORDER.fields, { subject: 'orders-value' })
  const longer = [...ORDER.fields, { name: 'note', type: ['null', 'string'], default: null }]
  const second = await register(longer, { subject: 'orders-value', compatibility: COMPATIBILITY.BACKWARD })
  const incompatible = [...longer, { name: 'count', type: 'int' }]

  const encoded = await registry.encode(second.id, { id: 42, item: 'Mühle', note: 'x' })
  const fresh = new SchemaRegistry({ host })
  const result = {
    ids: [id, again.id, second.id],
    latest: await registry.getLatestSchemaId('orders-value'),
    byVersion: await registry.getRegistryId('orders-value', 1),
    bySchema: await fresh.getRegistryIdBySchema('orders-value', { type: SchemaType.AVRO, schema: JSON.stringify(ORDER) }),
    incompatible: await refusal(register(incompatible, { subject: 'orders-value' })),
    unknownId: await refusal(fresh.getSchema(4711)),
    unknownSubject: await refusal(fresh.getLatestSchemaId('nothing')),
    encoded: encoded.toString('hex'),
    decoded: await fresh.decode(encoded),
    fromJava: await fresh.decode(Buffer.from(framedByJava, 'hex')),
  }
  console.log(JSON.stringify(result))
}

main(process.argv.slice(2)).catch(error => {
  console.error(error)
  process.exit(1)
})
