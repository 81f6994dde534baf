using AgentSystem.ServiceDefaults;
using AgentSystem.WebConsole;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWebConsole();

var app = builder.Build();
app.MapProbes();
app.MapWebConsole();
return await app.RunServiceAsync();
