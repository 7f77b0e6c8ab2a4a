-- The batch asks for customers who want one invoice for all: few among many.
ALTER TABLE customer ADD KEY consolidated (consolidated, id);
