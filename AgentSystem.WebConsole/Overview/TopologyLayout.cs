namespace AgentSystem.WebConsole.Overview;

/// <summary>A node's box, in units of the picture.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    /// <summary>Middle.</summary>
    public double CenterX => X + Width / 2;

    /// <summary>Middle.</summary>
    public double CenterY => Y + Height / 2;
}

/// <summary>Where everybody is in the picture: from left to right on a wide window, from top to bottom on a narrow one.</summary>
public sealed class TopologyLayout
{
    private readonly Dictionary<string, Box> _boxes;
    private readonly bool _isNarrow;

    private TopologyLayout(Dictionary<string, Box> boxes, bool isNarrow)
    {
        (_boxes, _isNarrow) = (boxes, isNarrow);
        Width = boxes.Values.Max(box => box.X + box.Width) + 2;
        Height = boxes.Values.Max(box => box.Y + box.Height) + 2;
    }

    /// <summary>The picture's width.</summary>
    public double Width { get; }

    /// <summary>The picture's height.</summary>
    public double Height { get; }

    /// <summary>Whether an edge can be drawn without crossing a box: on a narrow picture only neighbours and the work are connected.</summary>
    public bool Shows(TopologyEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        return !_isNarrow || edge.IsWork || Math.Abs(_boxes[edge.From].CenterY - _boxes[edge.To].CenterY) < 2.2 * _boxes[edge.From].Height;
    }

    /// <summary>A node's box.</summary>
    public Box this[string name] => _boxes[name];

    /// <summary>For windows of a laptop and above: the work in columns, what watches it below.</summary>
    public static TopologyLayout Wide(Topology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        var workers = Workers(topology);
        var telemetry = Present(topology, "otel-collector", "telemetry-store");
        var stores = Present(topology, "jaeger", "loki");
        if (telemetry.Count == 0)
            (telemetry, stores) = (stores, []);
        var rows = Math.Max(1, Math.Max(workers.Count, stores.Count));
        var columns = new List<IReadOnlyList<string>> { (string[])[Topology.You], (string[])["orchestrator"], workers, telemetry, stores };
        columns.RemoveAll(column => column.Count == 0);
        var grid = new Grid(158, 70, 62, 20);
        var boxes = new Dictionary<string, Box>();
        for (var x = 0; x < columns.Count; x++)
            for (var i = 0; i < columns[x].Count; i++)
                boxes[columns[x][i]] = grid.At(x, (rows - columns[x].Count) / 2.0 + i);
        var below = Present(topology, "prometheus", "alertmanager", "alerting", "grafana");
        for (var i = 0; i < below.Count; i++)
            boxes[below[i]] = grid.At(i + 1, rows + 0.45);
        return new(boxes, isNarrow: false);
    }

    /// <summary>For a phone: two columns at most, from top to bottom.</summary>
    public static TopologyLayout Narrow(Topology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        List<IReadOnlyList<string>> rows = [(string[])[Topology.You], (string[])["orchestrator"]];
        rows.AddRange(Workers(topology).Chunk(2));
        rows.AddRange(Present(topology, "otel-collector", "telemetry-store").Chunk(2));
        rows.AddRange(Present(topology, "jaeger", "loki").Chunk(2));
        rows.AddRange(Present(topology, "prometheus", "alertmanager", "alerting", "grafana").Chunk(2));
        var grid = new Grid(158, 70, 18, 30);
        var boxes = new Dictionary<string, Box>();
        for (var y = 0; y < rows.Count; y++)
            for (var i = 0; i < rows[y].Count; i++)
                boxes[rows[y][i]] = grid.At((2 - rows[y].Count) / 2.0 + i, y);
        return new(boxes, isNarrow: true);
    }

    /// <summary>A line between two boxes, from the sides that face each other.</summary>
    /// <returns>The <c>d</c> of a path.</returns>
    public string Path(TopologyEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        var (from, to) = (_boxes[edge.From], _boxes[edge.To]);
        if (to.X >= from.X + from.Width || from.X >= to.X + to.Width && Math.Abs(from.CenterY - to.CenterY) < from.Height)
        {
            var right = to.X > from.X;
            double x1 = right ? from.X + from.Width : from.X, x2 = right ? to.X : to.X + to.Width, middle = (x1 + x2) / 2;
            return FormattableString.Invariant($"M{x1} {from.CenterY}C{middle} {from.CenterY} {middle} {to.CenterY} {x2} {to.CenterY}");
        }
        var down = to.Y > from.Y;
        double y1 = down ? from.Y + from.Height : from.Y, y2 = down ? to.Y : to.Y + to.Height, between = (y1 + y2) / 2;
        return FormattableString.Invariant($"M{from.CenterX} {y1}C{from.CenterX} {between} {to.CenterX} {between} {to.CenterX} {y2}");
    }

    private static IReadOnlyList<string> Workers(Topology topology) =>
        [.. topology.Edges.Where(edge => edge.From == "orchestrator" && edge.IsWork).Select(edge => edge.To)];

    private static IReadOnlyList<string> Present(Topology topology, params string[] names) =>
        [.. names.Where(name => topology.Nodes.Any(node => node.Name == name))];

    private readonly record struct Grid(double Width, double Height, double GapX, double GapY)
    {
        public Box At(double column, double row) => new(2 + column * (Width + GapX), 2 + row * (Height + GapY), Width, Height);
    }
}
