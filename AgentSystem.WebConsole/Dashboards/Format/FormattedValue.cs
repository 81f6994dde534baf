namespace AgentSystem.WebConsole.Dashboards.Format;

/// <summary>A value as people read it, in parts so that a big number can have a small unit.</summary>
public readonly record struct FormattedValue(string Text, string Suffix = "", string Prefix = "")
{
    public override string ToString() => Prefix + Text + Suffix;
}
