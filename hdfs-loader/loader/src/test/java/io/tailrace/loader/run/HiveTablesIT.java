package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.hive.MetastoreCatalog;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.RefusedSchemaException;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads back with Hive what tables of every type and name contain. */
class HiveTablesIT {
    private static final Instant TIME = Instant.parse("2015-05-17T09:00:00.123456789Z");
    private static final String TIMESTAMP = "{'type':'long','logicalType':'timestamp-millis'}";

    private static HiveProcess hive;

    private final FakeCluster cluster = new FakeCluster();
    private final FakeRegistry registry = new FakeRegistry();

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        hive = new HiveProcess(dir);
    }

    @AfterAll
    static void stop() {
        hive.close();
    }

    @Test
    void readsEveryType() throws Exception {
        String struct = "{'type':'record','name':'Inner','fields':[{'name':'clientId','type':'int'},"
                + "{'name':'date','type':'string'},{'name':'MCC','type':'int'},{'name':'mcc','type':'string'}]}";
        Schema schema = schema(
                "{'name':'eventTime','type':" + TIMESTAMP + "}",
                "{'name':'micros','type':{'type':'long','logicalType':'timestamp-micros'}}",
                "{'name':'nanos','type':{'type':'long','logicalType':'timestamp-nanos'}}",
                "{'name':'localMillis','type':{'type':'long','logicalType':'local-timestamp-millis'}}",
                "{'name':'localMicros','type':{'type':'long','logicalType':'local-timestamp-micros'}}",
                "{'name':'localNanos','type':{'type':'long','logicalType':'local-timestamp-nanos'}}",
                "{'name':'timeMillis','type':{'type':'int','logicalType':'time-millis'}}",
                "{'name':'timeMicros','type':{'type':'long','logicalType':'time-micros'}}",
                "{'name':'day','type':{'type':'int','logicalType':'date'}}",
                "{'name':'uuid','type':{'type':'string','logicalType':'uuid'}}",
                "{'name':'uuidFixed','type':{'type':'fixed','name':'U','size':16,'logicalType':'uuid'}}",
                "{'name':'took','type':{'type':'fixed','name':'D','size':12,'logicalType':'duration'}}",
                "{'name':'raw','type':{'type':'fixed','name':'F','size':2}}",
                "{'name':'price','type':{'type':'bytes','logicalType':'decimal','precision':38,'scale':10}}",
                "{'name':'fixedPrice','type':{'type':'fixed','name':'P','size':9,'logicalType':'decimal',"
                        + "'precision':20,'scale':3}}",
                "{'name':'huge','type':{'type':'bytes','logicalType':'decimal','precision':64,'scale':10}}",
                "{'name':'colour','type':{'type':'enum','name':'E','symbols':['RED','BLUE']}}",
                "{'name':'ratio','type':'float'}",
                "{'name':'exact','type':'double'}",
                "{'name':'ok','type':'boolean'}",
                "{'name':'bytes','type':'bytes'}",
                "{'name':'either','type':['null','int','string'," + struct + "]}",
                "{'name':'inner','type':'Inner'}",
                "{'name':'grid','type':{'type':'array','items':{'type':'array','items':['null','int']}}}",
                "{'name':'byKey','type':{'type':'map','values':{'type':'array','items':'Inner'}}}",
                "{'name':'nothing','type':'null'}",
                "{'name':'nothings','type':{'type':'array','items':'null'}}",
                "{'name':'ping','type':['null',{'type':'record','name':'Ping','fields':[]}]}",
                "{'name':'date','type':'string'}",
                "{'name':'order','type':'int'}",
                "{'name':'MCC','type':'int'}",
                "{'name':'mcc','type':'string'}",
                "{'name':'dt','type':'string'}");
        TopicPartition topic = topic("odd-types");
        int id = register(topic, schema);
        GenericRecord inner = record(of(schema, "inner"), 7, "2015", 5411, "retail");
        long nanos = TIME.getEpochSecond() * 1_000_000_000L + TIME.getNano();
        GenericRecord event = record(
                schema,
                nanos / 1_000_000,
                nanos / 1_000,
                nanos,
                nanos / 1_000_000,
                nanos / 1_000,
                nanos,
                36_000_123,
                36_000_123_456L,
                16_572,
                "6f1e0a60-0000-4000-8000-000000000001",
                fixed(schema, "uuidFixed", 0x6f, 0x1e, 0x0a, 0x60, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1),
                fixed(schema, "took", 1, 0, 0, 0, 2, 0, 0, 0, 0xBC, 0x0B, 0, 0),
                fixed(schema, "raw", 0xCA, 0xFE),
                decimal("1234567890123456789012345678.0123456789"),
                fixed(schema, "fixedPrice", 255, 255, 255, 255, 255, 255, 255, 0xCF, 0xC7),
                decimal("12345678901234567890123456789012345678901234567890.0000000001"),
                new GenericData.EnumSymbol(of(schema, "colour"), "BLUE"),
                1.5f,
                2.5,
                true,
                ByteBuffer.wrap("hey".getBytes(StandardCharsets.UTF_8)),
                inner,
                inner,
                List.of(List.of(1, 2), Arrays.asList(3, null), List.of()),
                Map.of("k", List.of(inner)),
                null,
                Arrays.asList(null, null),
                new GenericData.Record(of(schema, "ping").getTypes().get(1)),
                "today",
                3,
                5411,
                "retail",
                "a field of the event");
        cluster.append(topic, 0, AccessLog.value(id, event));
        GenericRecord second = new GenericData.Record((GenericData.Record) event, true);
        second.put("either", 5);
        second.put("ping", null);
        cluster.append(topic, 0, AccessLog.value(id, second));
        load("/types", topic);

        String[] results = sql(
                "select cast(event_time as string) a, cast(micros as string) b, nanos,"
                        + " cast(local_millis as string) c, cast(local_micros as string) d, local_nanos,"
                        + " time_millis, time_micros, day, uuid, uuid_fixed, took, hex(raw) e"
                        + " from odd_types where record_offset = 0",
                "select price, fixed_price, huge, colour, ratio, exact, ok, cast(bytes as string) a, `date`,"
                        + " `order`, mcc, mcc_2, dt_2, record_schema from odd_types where record_offset = 0",
                "select either.member0 a, either.member2.clientid b, `inner`.`date` c, `inner`.mcc d,"
                        + " `inner`.mcc_2 e, grid, by_key, nothings, ping is null f from odd_types"
                        + " order by record_offset",
                "select colour, sum(ratio) a, max(exact) b, sum(price) c, max(nanos) d, max(day) e"
                        + " from odd_types group by colour",
                "select count(*) a from odd_types where hr = 9",
                "select count(*) a from odd_types where hr = '09'",
                "select count(*) a from odd_types where hr between 9 and 10",
                "select count(*) a from odd_types where hr = '9'",
                "select count(*) a from odd_types where dt = date '2015-05-17'",
                "select count(*) a from odd_types where dt >= '2015-05' and dt < '2015-06'");

        assertThat(results)
                .containsExactly(
                        "[{'a':'2015-05-17 09:00:00.123','b':'2015-05-17 09:00:00.123456','nanos':1431853200123456789,"
                                + "'c':'2015-05-17 09:00:00.123','d':'2015-05-17 09:00:00.123456',"
                                + "'local_nanos':1431853200123456789,'time_millis':36000123,'time_micros':36000123456,"
                                + "'day':'2015-05-17','uuid':'6f1e0a60-0000-4000-8000-000000000001',"
                                + "'uuid_fixed':'6f1e0a60-0000-4000-8000-000000000001','took':'P1M2DT3.004S','e':'CAFE'}]",
                        "[{'price':1234567890123456789012345678.0123456789,'fixed_price':-12.345,"
                                + "'huge':'12345678901234567890123456789012345678901234567890.0000000001',"
                                + "'colour':'BLUE','ratio':1.5,'exact':2.5,'ok':true,'a':'hey','date':'today','order':3,"
                                + "'mcc':5411,'mcc_2':'retail','dt_2':'a field of the event','record_schema':1}]",
                        "[" + nested("'a':null,'b':7", "'f':false") + "," + nested("'a':5,'b':null", "'f':true") + "]",
                        "[{'colour':'BLUE','a':3.0,'b':2.5,'c':2469135780246913578024691356.0246913578,"
                                + "'d':1431853200123456789,'e':'2015-05-17'}]",
                        "[{'a':2}]",
                        "[{'a':2}]",
                        "[{'a':2}]",
                        "[{'a':0}]",
                        "[{'a':2}]",
                        "[{'a':2}]");
    }

    private static String nested(String first, String last) {
        return "{" + first + ",'c':'2015','d':5411,'e':'retail','grid':'[[1,2],[3,null],[]]',"
                + "'by_key':'{\"k\":[{\"clientid\":7,\"date\":\"2015\",\"mcc\":5411,\"mcc_2\":\"retail\"}]}',"
                + "'nothings':'[null,null]'," + last + "}";
    }

    @Test
    void widensColumnsOfATableThatHasRows() throws Exception {
        Schema before = schema(
                "{'name':'eventTime','type':" + TIMESTAMP + "}",
                "{'name':'intLong','type':'int','doc':'" + "x".repeat(300) + "'}",
                "{'name':'intDouble','type':'int'}",
                "{'name':'longDouble','type':'long'}",
                "{'name':'floatDouble','type':'float'}",
                "{'name':'price','type':{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}}",
                "{'name':'inner','type':{'type':'record','name':'I','fields':[{'name':'n','type':'int'}]}}",
                "{'name':'list','type':{'type':'array','items':'int'}}");
        Schema after = schema(
                "{'name':'eventTime','type':" + TIMESTAMP + "}",
                "{'name':'intLong','type':'long','doc':'" + "y".repeat(300) + "'}",
                "{'name':'intDouble','type':'double'}",
                "{'name':'longDouble','type':'double'}",
                "{'name':'floatDouble','type':'double'}",
                "{'name':'price','type':{'type':'bytes','logicalType':'decimal','precision':20,'scale':2}}",
                "{'name':'inner','type':{'type':'record','name':'I','fields':[{'name':'n','type':'long'},"
                        + "{'name':'added','type':'string','default':'-'}]}}",
                "{'name':'list','type':{'type':'array','items':'long'}}");
        TopicPartition topic = topic("grown");
        cluster.append(
                topic,
                0,
                AccessLog.value(
                        register(topic, before),
                        record(
                                before,
                                TIME.toEpochMilli(),
                                1,
                                2,
                                3L,
                                1.5f,
                                decimal("12.34"),
                                record(of(before, "inner"), 4),
                                List.of(5))));
        load("/grown", topic);
        long large = 1L << 40;
        cluster.append(
                topic,
                0,
                AccessLog.value(
                        register(topic, after),
                        record(
                                after,
                                TIME.toEpochMilli(),
                                large,
                                2.5,
                                3.5,
                                2.5,
                                decimal("123456789012.34"),
                                record(of(after, "inner"), large, "new"),
                                List.of(large))));
        load("/grown", topic);

        String[] results = sql(
                "select int_long, int_double, long_double, float_double, price, `inner`.n, `inner`.added, list,"
                        + " record_schema from grown order by record_offset",
                "select sum(int_long) a, sum(int_double) b, sum(long_double) c, sum(float_double) d, sum(price) e,"
                        + " max(`inner`.n) f from grown where hr = '09'",
                "describe grown");

        assertThat(results)
                .startsWith(
                        "[{'int_long':1,'int_double':2.0,'long_double':3.0,'float_double':1.5,'price':12.34,'n':4,"
                                + "'added':null,'list':'[5]','record_schema':1},{'int_long':1099511627776,"
                                + "'int_double':2.5,'long_double':3.5,'float_double':2.5,'price':123456789012.34,"
                                + "'n':1099511627776,'added':'new','list':'[1099511627776]','record_schema':2}]",
                        "[{'a':1099511627777,'b':4.5,'c':6.5,'d':4.0,'e':123456789024.68,'f':1099511627776}]");
        assertThat(results[2])
                .contains("{'col_name':'int_long','data_type':'bigint','comment':'" + "x".repeat(256) + "'}");
    }

    @Test
    void takesCommentsOfAnyLengthAndText() throws Exception {
        String longDoc = "Free text that a clerk typed. ".repeat(10);
        String textDoc = "First line\\nsecond\\twith a tab, a \\\"quote\\\", it\\u0027s and 字; -- and a # mark";
        TopicPartition topic = topic("orders");
        for (String fields : List.of(
                note(longDoc),
                note("What the clerk typed."),
                note("Short.") + "," + optional("clerk", longDoc),
                note(textDoc))) {
            Schema schema = schema("{'name':'id','type':'long'}", fields);
            GenericRecord order = new GenericData.Record(schema);
            order.put("id", 1L);
            cluster.append(topic, TIME.toEpochMilli(), AccessLog.value(register(topic, schema), order));
            load("/comments", topic);
        }

        String[] results =
                sql("select count(*) a from orders where id = 1 and note is null and clerk is null", "describe orders");

        assertThat(results[0]).isEqualTo("[{'a':4}]");
        assertThat(results[1])
                .contains(
                        "{'col_name':'note','data_type':'string','comment':'" + longDoc.substring(0, 256) + "'}",
                        "{'col_name':'clerk','data_type':'string','comment':'" + longDoc.substring(0, 256) + "'}");
    }

    private static String note(String doc) {
        return optional("note", doc);
    }

    private static String optional(String name, String doc) {
        return "{'name':'" + name + "','type':['null','string'],'default':null,'doc':'" + doc + "'}";
    }

    @Test
    void eachTopicHasATable() throws Exception {
        List<String> topics = List.of(
                "web",
                "web-errors",
                "Web",
                "clicks.raw",
                "clicks-raw",
                "_hits",
                "user",
                "2024",
                "l".repeat(121),
                "l".repeat(130),
                "l".repeat(200),
                "l".repeat(249));
        List<String> tables = List.of(
                "web",
                spare("web-errors"),
                spare("Web"),
                "clicks_raw",
                spare("clicks-raw"),
                "_hits",
                "user",
                "2024",
                "l".repeat(121),
                "l".repeat(130),
                "l".repeat(200),
                "l".repeat(249));
        Schema schema =
                schema("{'name':'path','type':'string','doc':'A \\\"quote\\\", it is 字; -- # two\\nlines\\tof text'}");
        for (String name : topics) {
            TopicPartition topic = topic(name);
            cluster.append(topic, TIME.toEpochMilli(), AccessLog.value(register(topic, schema), record(schema, name)));
            load("/names", topic);
            load("/names", topic);
        }
        List<String> queries = new ArrayList<>(
                List.of("select reason from web_errors", "select reason from " + "l".repeat(249) + "_errors"));
        tables.forEach(table -> queries.add("select path from `" + table + "`"));

        assertThat(sql(queries.toArray(new String[0])))
                .containsExactly(
                        Stream.concat(Stream.of("[]", "[]"), topics.stream().map(topic -> "[{'path':'" + topic + "'}]"))
                                .toArray(String[]::new));
    }

    @Test
    void theOtherTopicLoadsIfATableOfItsNameIsElsewhere() throws Exception {
        Schema schema = schema("{'name':'path','type':'string'}");
        TopicPartition topic = topic("shop");
        cluster.append(topic, TIME.toEpochMilli(), AccessLog.value(register(topic, schema), record(schema, "/")));
        load("/first", topic);

        try (TestLoader loader = loader("/second").topic("shop")) {
            assertThatThrownBy(loader::load)
                    .hasMessageContaining("Hive table default.shop is at " + hive.hdfs() + "/first/shop, expected ");
            assertThat(loader.files(TableKind.ROWS)).isEmpty();
        }
    }

    private static String spare(String topic) {
        return new Layout(new org.apache.hadoop.fs.Path("/"), topic).spareTableName(TableKind.ROWS);
    }

    private static String[] sql(String... statements) throws IOException, InterruptedException {
        return hive.sql(statements)
                .replace("\\\"", "\u0000")
                .replace('"', '\'')
                .replace('\u0000', '"')
                .split("\n", -1);
    }

    @Test
    void refusesBeforeAnythingIsWritten() throws Exception {
        TopicPartition topic = topic("comments");
        Schema schema = schema("{'name':'text','type':'string'}", "{'name':'parent','type':['null','Event']}");
        cluster.append(topic, 0, AccessLog.value(register(topic, schema), record(schema, "first", null)));

        try (TestLoader loader = loader("/refused").topic(topic.topic())) {
            assertThatThrownBy(loader::load)
                    .isInstanceOf(RefusedSchemaException.class)
                    .hasMessageStartingWith("topic comments, field parent: record ");
            assertThat(loader.files(TableKind.ROWS)).isEmpty();
            assertThat(loader.store.names(loader.layout().staging())).isEmpty();
        }
    }

    private void load(String folder, TopicPartition topic) throws IOException {
        try (TestLoader loader = loader(folder).topic(topic.topic())) {
            assertThat(loader.load().failures()).isEmpty();
        }
    }

    private TestLoader loader(String folder) throws IOException {
        return new TestLoader(
                        new org.apache.hadoop.fs.Path(hive.hdfs() + folder), new Configuration(), cluster, registry)
                .catalog(new MetastoreCatalog(List.of(URI.create(hive.metastore())), "default"));
    }

    private TopicPartition topic(String name) {
        TopicPartition topic = new TopicPartition(name, 0);
        cluster.with(topic);
        return topic;
    }

    private int register(TopicPartition topic, Schema schema) {
        return registry.register(SchemaRegistryClient.valueSubject(topic.topic()), schema);
    }

    private static Schema schema(String... fields) {
        return new Schema.Parser()
                .parse(("{'type':'record','name':'Event','fields':[" + String.join(",", fields) + "]}")
                        .replace('\'', '"'));
    }

    private static Schema of(Schema record, String field) {
        return record.getField(field).schema();
    }

    private static GenericRecord record(Schema schema, @Nullable Object... values) {
        GenericRecord record = new GenericData.Record(schema);
        for (int i = 0; i < values.length; i++) {
            record.put(i, values[i]);
        }
        return record;
    }

    private static GenericData.Fixed fixed(Schema record, String field, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new GenericData.Fixed(of(record, field), bytes);
    }

    private static ByteBuffer decimal(String text) {
        return ByteBuffer.wrap(new BigDecimal(text).unscaledValue().toByteArray());
    }
}
