"""Uses the registry as an application with confluent-kafka does. Argument: the registry's URL. Prints one line of JSON."""

import json
import sys

from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

CITY = {"type": "record", "name": "City", "namespace": "shop", "fields": [{"name": "name", "type": "string"}]}
ORDER = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "fields": [{"name": "id", "type": "long"}, {"name": "city", "type": "shop.City"}],
}


def avro(schema, *references):
    return Schema(json.dumps(schema), "AVRO", list(references))


def refusal(call, *arguments):
    try:
        call(*arguments)
        return None
    except SchemaRegistryError as error:
        return {"status": error.http_status_code, "code": error.error_code}


def main(url):
    registry = SchemaRegistryClient({"url": url})
    city = SchemaReference("shop.City", "city", 1)
    result = {"city": registry.register_schema("city", avro(CITY))}
    result["order"] = registry.register_schema("orders-value", avro(ORDER, city))
    result["again"] = SchemaRegistryClient({"url": url}).register_schema("orders-value", avro(ORDER, city))
    found = SchemaRegistryClient({"url": url}).get_schema(result["order"])
    result["type"] = found.schema_type
    result["references"] = [[each.name, each.subject, each.version] for each in found.references]
    result["lookup"] = registry.lookup_schema("orders-value", avro(ORDER, city)).version
    result["latest"] = registry.get_latest_version("orders-value").schema_id
    result["version"] = registry.get_version("orders-value", 1).schema_id
    result["versions"] = registry.get_versions("orders-value")
    result["subjects"] = registry.get_subjects()

    longer = {**ORDER, "fields": ORDER["fields"] + [{"name": "count", "type": "int"}]}
    result["compatible"] = [
        registry.test_compatibility("orders-value", avro(ORDER, city)),
        registry.test_compatibility("orders-value", avro(longer, city)),
    ]
    result["incompatible"] = refusal(registry.register_schema, "orders-value", avro(longer, city))
    registry.set_compatibility("orders-value", "NONE")
    result["levels"] = [registry.get_compatibility("orders-value"), registry.get_compatibility()]
    result["longer"] = registry.register_schema("orders-value", avro(longer, city))

    result["unknownId"] = refusal(registry.get_schema, 4711)
    result["unknownSubject"] = refusal(registry.get_latest_version, "nothing")
    result["referenced"] = refusal(registry.delete_subject, "city")
    result["deletedVersion"] = registry.delete_version("orders-value", 1)
    result["deleted"] = registry.delete_subject("orders-value", permanent=True)
    result["cityDeleted"] = registry.delete_subject("city", permanent=True)
    result["left"] = registry.get_subjects()
    print(json.dumps(result))


main(sys.argv[1])
