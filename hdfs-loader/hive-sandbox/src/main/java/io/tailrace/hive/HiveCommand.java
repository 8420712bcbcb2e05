package io.tailrace.hive;

import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace hive}: runs SQL on a HiveServer2 and prints the results. */
@Command(name = "tailrace hive", description = "Runs SQL on Hive and prints the results.")
public final class HiveCommand implements Callable<Integer> {

    @Option(
            names = {"-e", "--execute"},
            required = true,
            paramLabel = "SQL",
            description = "A statement to run. Can be repeated; all run in one session.")
    private final List<String> statements = new ArrayList<>();

    @Option(
            names = "--url",
            defaultValue = "jdbc:hive2://127.0.0.1:10000/",
            description = "HiveServer2's JDBC URL, ${DEFAULT-VALUE} by default.")
    private String url = "";

    @Option(
            names = "--user",
            defaultValue = "${sys:user.name}",
            description = "The user to connect as, ${DEFAULT-VALUE} by default.")
    private String user = "";

    @Mixin
    private final OutputOptions output = new OutputOptions();

    public static void main(String[] args) {
        CommandRunner.main(new HiveCommand(), args);
    }

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, "");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                if (statement.execute(withoutSemicolon(sql))) {
                    print(statement.getResultSet());
                }
            }
        }
        return 0;
    }

    /** HiveServer2 takes one statement without a final semicolon. */
    private static String withoutSemicolon(String sql) {
        String trimmed = sql.strip();
        return trimmed.endsWith(";") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
    }

    private void print(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        String[] columns = new String[meta.getColumnCount()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = meta.getColumnLabel(i + 1);
        }
        OutputTable table = new OutputTable(columns);
        while (rows.next()) {
            @Nullable Object[] cells = new @Nullable Object[columns.length];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = cell(rows.getObject(i + 1));
            }
            table.add(cells);
        }
        output.print(table);
    }

    private static @Nullable Object cell(@Nullable Object value) {
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
