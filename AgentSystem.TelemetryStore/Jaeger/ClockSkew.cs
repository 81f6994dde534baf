using System.Globalization;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>Warns where clocks of hosts seem to differ. Jaeger moves such spans only when it is told by how much at most; by default it is not.</summary>
internal static class ClockSkew
{
    internal static void Warn(JaegerTrace trace)
    {
        var nodes = new Dictionary<ulong, Node>();
        foreach (var span in trace.Spans)
            if (!nodes.TryAdd(span.Id, new(span, HostOf(span.Process))))
                span.Warnings.Add("duplicate span IDs; skipping clock skew adjustment");
        var roots = new List<Node>();
        foreach (var node in nodes.Values)
        {
            if (node.Span.Parent != 0 && nodes.TryGetValue(node.Span.Parent, out var parent))
            {
                parent.Children.Add(node);
                continue;
            }
            if (node.Span.Parent != 0)
                node.Span.Warnings.Add(string.Create(CultureInfo.InvariantCulture, $"parent span ID={node.Span.Parent:x16} is not in the trace; skipping clock skew adjustment"));
            roots.Add(node);
        }
        var stack = new Stack<(Node Node, Node? Parent, string Host, long Delta)>(roots.Select(r => (r, (Node?)null, r.Host, 0L)));
        while (stack.TryPop(out var next))
        {
            var (node, parent, host, delta) = next;
            if (parent is not null && (node.Host != host || node.Host.Length == 0))
                (host, delta) = (node.Host, Delta(node.Span, parent.Span));
            if (delta != 0)
                node.Span.Warnings.Add($"clock skew adjustment disabled; not applying calculated delta of {GoText.Duration(delta)}");
            foreach (var child in node.Children)
                stack.Push((child, node, host, delta));
        }
    }

    /// <summary>By how much the child would have to be moved to lie within its parent, in nanoseconds.</summary>
    private static long Delta(JaegerSpan child, JaegerSpan parent)
    {
        var (ofParent, ofChild) = (parent.End - parent.Start, child.End - child.Start);
        if (ofChild > ofParent)
            return Math.Max(0, parent.Start - child.Start);
        if (child.Start >= parent.Start && child.End <= parent.End)
            return 0;
        // As if the way there took as long as the way back.
        return parent.Start + (ofParent - ofChild) / 2 - child.Start;
    }

    private static string HostOf(JaegerProcess process)
    {
        if (Find("host.id") is { } id)
            return Text(id);
        if (Find("host.ip") is { } ip)
        {
            if (ip.Kind == AnyValueKind.Text)
                return ip.Text;
            if (ip.Kind == AnyValueKind.Array && ip.Items.Length > 0)
                return ip.Items[0].ToString();
        }
        return Find("host.name") is { } name ? Text(name) : "";

        AnyValue? Find(string key) => process.Attributes.FindIndex(a => a.Key == key) is var at and >= 0 ? process.Attributes[at].Value : null;
        static string Text(AnyValue value) => value.Kind == AnyValueKind.Text ? value.Text : "";
    }

    private sealed record Node(JaegerSpan Span, string Host)
    {
        internal List<Node> Children { get; } = [];
    }
}
