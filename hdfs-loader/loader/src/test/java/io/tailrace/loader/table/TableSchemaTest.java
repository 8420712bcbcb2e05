package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableSchemaTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'string'} | string",
                "{'type':'string','logicalType':'uuid'} | string",
                "{'type':'fixed','name':'U','size':16,'logicalType':'uuid'} | string",
                "{'type':'fixed','name':'D','size':12,'logicalType':'duration'} | string",
                "{'type':'fixed','name':'F','size':4} | binary",
                "{'type':'enum','name':'N','symbols':['A']} | string",
                "{'type':'int','logicalType':'date'} | date",
                "{'type':'int','logicalType':'time-millis'} | int",
                "{'type':'long','logicalType':'time-micros'} | bigint",
                "{'type':'long','logicalType':'timestamp-millis'} | timestamp",
                "{'type':'long','logicalType':'timestamp-micros'} | timestamp",
                "{'type':'long','logicalType':'timestamp-nanos'} | bigint",
                "{'type':'long','logicalType':'local-timestamp-millis'} | timestamp",
                "{'type':'long','logicalType':'local-timestamp-micros'} | timestamp",
                "{'type':'long','logicalType':'local-timestamp-nanos'} | bigint",
                "{'type':'bytes','logicalType':'decimal','precision':38,'scale':10} | decimal(38,10)",
                "{'type':'bytes','logicalType':'decimal','precision':39,'scale':10} | string",
                "{'type':'fixed','name':'C','size':9,'logicalType':'decimal','precision':20,'scale':3} | decimal(20,3)",
                "{'type':'fixed','name':'C','size':27,'logicalType':'decimal','precision':64,'scale':3} | string",
                "{'type':'array','items':['null','int']} | array<int>",
                "{'type':'array','items':'null'} | array<string>",
                "{'type':'map','values':{'type':'array','items':'float'}} | map<string,array<float>>",
                "['int','null','string'] | struct<member0:int,member1:string>",
                "{'type':'record','name':'R','fields':[{'name':'userId','type':'int'}]} | struct<userid:int>",
                "{'type':'record','name':'R','fields':[]} | struct<empty:boolean>"
            })
    void givesEachAvroTypeAHiveType(String avro, String hive) throws RefusedSchemaException {
        assertThat(columns(TableSchema.of("t", event("{'name':'f','type':" + avro + "}"))))
                .startsWith("f:" + hive)
                .contains("record_topic:string", "record_partition:int", "record_offset:bigint", "record_schema:int");
    }

    @Test
    void aFieldThatIsAlwaysNullHasNoColumn() throws RefusedSchemaException {
        Schema event = event("{'name':'a','type':'null'},{'name':'b','type':['null']},{'name':'c','type':'int'}");

        assertThat(columns(TableSchema.of("t", event))).startsWith("c:int,record_topic");
    }

    @Test
    void aRecordWithoutFieldsHasTheRecordsOwnColumns() throws RefusedSchemaException {
        assertThat(columns(TableSchema.of("t", event(""))))
                .isEqualTo("record_topic:string,record_partition:int,record_offset:bigint,record_schema:int");
    }

    @Test
    void fieldsThatDifferInCaseGetNumbers() throws RefusedSchemaException {
        String struct =
                "{'type':'record','name':'S','fields':[{'name':'MCC','type':'int'},{'name':'mcc','type':'string'}]}";
        Schema event = event("{'name':'MCC','type':'int'},{'name':'mcc','type':'string'},{'name':'aB','type':'int'},"
                + "{'name':'a_b','type':'long'},{'name':'dt','type':'string'},{'name':'s','type':" + struct + "}");

        assertThat(columns(TableSchema.of("t", event)))
                .startsWith("mcc:int,mcc_2:string,a_b:int,a_b_2:bigint,dt_2:string,s:struct<mcc:int,mcc_2:string>");
    }

    @Test
    void aFieldKeepsItsColumnWhenTheSchemaEvolves() throws RefusedSchemaException {
        String upper = "{'name':'MCC','type':['null','int']}";
        String lower = "{'name':'mcc','type':['null','string']}";
        String mixed = "{'name':'Mcc','type':['null','double']}";
        Schema first = event(upper);
        Schema second = event(lower + "," + upper);
        Schema third = event(mixed + "," + lower);

        TableSchema one = TableSchema.of("t", first);
        TableSchema two = TableSchema.of("t", second, one.event());
        TableSchema three = TableSchema.of("t", third, two.event());

        assertThat(columns(two)).startsWith("mcc_2:string,mcc:int");
        assertThat(columns(three)).startsWith("mcc:double,mcc_2:string");
        assertThat(columns(TableSchema.of("t", two.event()))).isEqualTo(columns(two));
    }

    @Test
    void cutsCommentsAsTheMetastoreDoesNotTakeLongerOnes() throws RefusedSchemaException {
        Schema event = event("{'name':'a','type':'int','doc':'" + "x".repeat(300) + "'},"
                + "{'name':'b','type':'int','doc':'" + "x".repeat(255) + "\uD83D\uDE00'}");

        List<Column> columns = TableSchema.of("t", event).columns();

        assertThat(columns.get(0).comment()).isEqualTo("x".repeat(256));
        assertThat(columns.get(1).comment()).isEqualTo("x".repeat(255));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name':'parent','type':['null','Event']} | parent",
                "{'name':'parts','type':{'type':'array','items':{'type':'record','name':'B',"
                        + "'fields':[{'name':'of','type':['null','Event']}]}}} | parts[].of",
                "{'name':'m','type':{'type':'map','values':{'type':'record','name':'B',"
                        + "'fields':[{'name':'b','type':{'type':'array','items':'B'}}]}}} | m{}.b[]"
            })
    void refusesARecordThatContainsItself(String field, String path) {
        assertThatThrownBy(() -> TableSchema.of("comments", event("{'name':'id','type':'int'}," + field)))
                .isInstanceOf(RefusedSchemaException.class)
                .hasMessageStartingWith("topic comments, field " + path + ": record ")
                .hasMessageContaining("contains itself");
    }

    @Test
    void aRecordInTwoPlacesIsNotRecursive() throws RefusedSchemaException {
        Schema event = event("{'name':'a','type':{'type':'record','name':'P','fields':[{'name':'X','type':'int'},"
                + "{'name':'x','type':'int'}]}},{'name':'b','type':'P'}");

        TableSchema table = TableSchema.of("t", event);

        assertThat(columns(table)).startsWith("a:struct<x:int,x_2:int>,b:struct<x:int,x_2:int>");
        assertThat(new Schema.Parser().parse(table.row().toString())).isEqualTo(table.row());
    }

    @Test
    void refusesTooManyLevelsAndColumns() {
        String deep = "'int'";
        for (int i = 0; i <= EventSchema.NESTING_MAX; i++) {
            deep = "{'type':'record','name':'R" + i + "','fields':[{'name':'f','type':" + deep + "}]}";
        }
        String tooDeep = "{'name':'d','type':" + deep + "}";
        // Each level has ten of the next: ten thousand million columns in a short schema.
        StringBuilder wide = new StringBuilder("{'type':'record','name':'W0','fields':[{'name':'f','type':'int'}]}");
        for (int level = 1; level < 10; level++) {
            StringBuilder fields = new StringBuilder("{'name':'f0','type':" + wide + "}");
            for (int i = 1; i < 10; i++) {
                fields.append(",{'name':'f")
                        .append(i)
                        .append("','type':'W")
                        .append(level - 1)
                        .append("'}");
            }
            wide = new StringBuilder("{'type':'record','name':'W" + level + "','fields':[" + fields + "]}");
        }
        String tooWide = "{'name':'w','type':" + wide + "}";

        assertThatThrownBy(() -> TableSchema.of("t", event(tooDeep)))
                .hasMessageContaining("levels of types within types");
        assertThatThrownBy(() -> TableSchema.of("t", event(tooWide))).hasMessageContaining("at most 10000 columns");
    }

    @Test
    void refusesATypeThatCannotBeReadWithTheEarlierRows() throws RefusedSchemaException {
        Schema before =
                TableSchema.of("t", event("{'name':'httpStatus','type':'int'}")).event();

        assertThat(columns(TableSchema.of("t", event("{'name':'httpStatus','type':'long'}"), before)))
                .startsWith("http_status:bigint");
        assertThatThrownBy(() -> TableSchema.of("t", event("{'name':'httpStatus','type':'string'}"), before))
                .hasMessageStartingWith("topic t, field httpStatus: ")
                .hasMessageContaining("earlier rows' int, found string");
    }

    @Test
    void readsSchemasWithADefaultThatDoesNotFit() throws RefusedSchemaException {
        Schema event = new Schema.Parser()
                .setValidateDefaults(false)
                .parse(
                        "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":null}]}");

        assertThat(columns(TableSchema.of("t", event))).startsWith("a:int");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_errors", "_tailrace"})
    void refusesTopicsNamedLikeTheLoadersFolders(String topic) {
        assertThatThrownBy(() -> TableSchema.of(topic, event("{'name':'a','type':'int'}")))
                .hasMessageContaining("topic " + topic + ": the loader has a folder of this name");
    }

    private static Schema event(String fields) {
        return new Schema.Parser()
                .parse(("{'type':'record','name':'Event','fields':[" + fields + "]}").replace('\'', '"'));
    }

    private static String columns(TableSchema table) {
        return table.columns().stream()
                .map(column -> column.name() + ":" + column.type())
                .collect(Collectors.joining(","));
    }
}
