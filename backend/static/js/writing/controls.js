// The controls of a form as values by name: a text, or a list where several may be chosen. Not the machinery, not the files themselves.
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "our.base", "our.save"]);

const named = (form) => [...form.elements].filter((one) => one.name && !LEFT_OUT.has(one.name) && !one.name.startsWith("our.drop.") && !["file", "submit", "button"].includes(one.type));

export function read(form) {
  const values = {};
  for (const one of named(form)) {
    if (one.type === "checkbox") {
      values[one.name] ??= [];
      if (one.checked) values[one.name].push(one.value);
    } else if (one.type === "radio") {
      values[one.name] ??= "";
      if (one.checked) values[one.name] = one.value;
    } else values[one.name] = one.value;
  }
  return values;
}

export function write(form, name, value) {
  for (const one of named(form).filter((each) => each.name === name)) {
    if (one.type === "checkbox") one.checked = Array.isArray(value) && value.includes(one.value);
    else if (one.type === "radio") one.checked = one.value === value;
    else one.value = value ?? "";
  }
}

export function labelOf(form, name) {
  const one = named(form).find((each) => each.name === name);
  const field = one?.closest(".field");
  const text = field?.querySelector("label, legend")?.firstChild?.textContent ?? name;
  return text.trim();
}

export const fieldOf = (form, name) => named(form).find((each) => each.name === name)?.closest(".field") ?? form;

// The token of now: after signing in again in another window the one in the page is dead.
export function token(form) {
  const found = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  const hidden = form.elements.namedItem("csrfmiddlewaretoken");
  if (found && hidden) hidden.value = decodeURIComponent(found.slice("csrftoken=".length));
  return hidden?.value ?? "";
}
